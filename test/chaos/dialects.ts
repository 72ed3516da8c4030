import type { Dialect } from '../../simulator/service/news.ts';
import { DIALECT_2021 } from '../../simulator/wire-2021/dialect.ts';
import { DIALECT_GA } from '../../simulator/wire-ga/dialect.ts';
import type { Caller } from '../../src/lib/call-automation/ga/accounts.ts';

export const API_2021 = '2021-04-15-preview1';

/** Today's API, with callers that are Teams resource accounts. */
export const DIALECT_TPE: Dialect = { ...DIALECT_GA };

/** The callers of a world as its adapter knows them: with Teams Phone, the first is a resource account, and a second one is not. */
export const callersIn = (dialect: Dialect, callers: readonly Caller[]): Caller[] =>
  callers.map(({ number }, index) => ({
    number,
    account: dialect === DIALECT_TPE && index === 0 ? 'the account' : undefined,
  }));

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  [API_2021, DIALECT_2021],
  ['ga', DIALECT_GA],
  ['tpe', DIALECT_TPE],
]);

export const APIS: readonly string[] = [...DIALECTS.keys()];

/** The API's dialect. @throws if there is no such API. */
export function dialectOf(api: string): Dialect {
  const dialect = DIALECTS.get(api);
  if (!dialect) throw new Error(`There is no API ${api}; there are ${APIS.join(', ')}`);
  return dialect;
}
