import type { Dialect } from '../../simulator/service/news.ts';
import { DIALECT_2021 } from '../../simulator/wire-2021/dialect.ts';
import { DIALECT_GA } from '../../simulator/wire-ga/dialect.ts';

export const API_2021 = '2021-04-15-preview1';

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  [API_2021, DIALECT_2021],
  ['ga', DIALECT_GA],
]);

export const APIS: readonly string[] = [...DIALECTS.keys()];

/** The API's dialect. @throws if there is no such API. */
export function dialectOf(api: string): Dialect {
  const dialect = DIALECTS.get(api);
  if (!dialect) throw new Error(`There is no API ${api}; there are ${APIS.join(', ')}`);
  return dialect;
}
