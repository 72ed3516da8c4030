import { ACS_NUMBER } from '../acs-number.ts';
import type { CallerAbilities } from '../port.ts';

/** One of our numbers, and the object id of the Teams resource account that it belongs to; without one, it is an ACS number. */
export type Caller = { readonly number: string; readonly account?: string | undefined };

/** What Teams Phone extensibility can do (docs/teams-phone.md, "What it can do", has the sources). */
const RESOURCE_ACCOUNT: CallerAbilities = {
  kind: 'a Teams resource account',
  callsUsers: false,
  redials: false,
  shares: false,
};

/**
 * The callers that are Teams resource accounts. Everywhere else a caller is its number, so that lines, rests and fair shares
 * work alike. Only the requests differ: a call names the account, and no request names the number.
 */
export class TeamsAccounts {
  readonly #ids: ReadonlyMap<string, string>;
  /** False if every caller is an account: then there is no call that can be joined. */
  readonly joins: boolean;

  constructor(callers: readonly Caller[]) {
    this.#ids = new Map(callers.flatMap(({ number, account }) => (account === undefined ? [] : [[number, account]])));
    this.joins = callers.length === 0 || callers.some(({ account }) => account === undefined);
  }

  /** The object id of the account with this number, if it is one. */
  idOf(caller: string | undefined): string | undefined {
    return caller === undefined ? undefined : this.#ids.get(caller);
  }

  /** The number that a request may name. */
  shownNumber(caller: string | undefined): string | undefined {
    return this.idOf(caller) === undefined ? caller : undefined;
  }

  /** A call without a number comes from the ACS resource, which has no part in it if every caller is an account. */
  abilitiesOf(caller: string | undefined): CallerAbilities {
    const isAccount = caller === undefined ? !this.joins : this.#ids.has(caller);
    return isAccount ? RESOURCE_ACCOUNT : ACS_NUMBER;
  }
}
