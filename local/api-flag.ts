import { UsageError } from './cli.ts';

/** The supported API versions. */
export const APIS = ['2021-04-15-preview1', 'ga'] as const;

/** What a stack can call with: an API, or today's with Teams resource accounts as its callers. */
export const TELEPHONES = [...APIS, 'tpe'] as const;
export type Api = (typeof TELEPHONES)[number];

/** The flag `--api` of a command. */
export const API_FLAG = {
  type: 'string',
  value: 'API',
  help: '2021 (default); ga: today’s API, through the official SDK; tpe: ga from Teams resource accounts',
} as const;

/** The API that `--api` names: `2021` for short. @throws UsageError for another. */
export function apiFlag(given: string | undefined): Api {
  if (given === undefined || given === '2021') return APIS[0];
  const api = TELEPHONES.find((known) => known === given);
  if (!api) throw new UsageError(`--api takes 2021, ga or tpe, not ${JSON.stringify(given)}`);
  return api;
}
