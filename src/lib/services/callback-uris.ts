import { jwtVerify, SignJWT } from 'jose';
import { UnauthorizedError } from '../base/errors.ts';
import { CallPurpose } from '../rules/calls/purpose.ts';

/** JWT audience: rejects other tokens signed with the same secret. */
const AUDIENCE = 'call-events';

/** Longer than any call (MAX_CALL_SECONDS is at most a day) and its late events, which arrive within minutes. */
const VALID_FOR_MS = 2 * 24 * 3600 * 1000;

/** `current` signs tokens; both verify them. `previous` is set while the secret is being rotated. */
export type CallbackSecrets = { readonly current: string; readonly previous?: string | undefined };

/**
 * Creates and verifies callback URIs. Each contains a signed token (HS256) with the purpose of the call, so the first
 * event of a call identifies its owner even if the answer to createCall was lost. Two secrets can be valid at once, for
 * rotation.
 */
export class CallbackUris {
  readonly #baseUrl: string;
  readonly #secrets: readonly Uint8Array[];
  readonly #now: () => Date;

  /** @param baseUrl public URL of this app, e.g. `https://ringdown.azurewebsites.net`. */
  constructor(baseUrl: string, secrets: CallbackSecrets, now: () => Date) {
    this.#now = now;
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#secrets = [secrets.current, secrets.previous]
      .filter((secret) => secret !== undefined)
      .map((secret) => new TextEncoder().encode(secret));
  }

  /** @param since when the call was first requested; a retry passes the same time and gets the same URI. */
  async uriFor(purpose: CallPurpose, since: Date = this.#now()): Promise<string> {
    const token = await new SignJWT({ purpose })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(AUDIENCE)
      .setExpirationTime(new Date(since.getTime() + VALID_FOR_MS))
      .sign(this.#secrets[0] ?? new Uint8Array());
    return `${this.#baseUrl}/api/call-events/${token}`;
  }

  /**
   * The callback URI of an action on a conversation that we are not in. A service that must join the call to act on it
   * reports there what happens.
   */
  errandUri(requestId: string): Promise<string> {
    return this.uriFor({ kind: 'request', requestId, as: 'errand' });
  }

  /** Verifies a token. @throws UnauthorizedError unless we signed it; do not read the request then. */
  async purposeOf(token: string): Promise<CallPurpose> {
    for (const secret of this.#secrets) {
      const verified = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        requiredClaims: ['exp'],
        currentDate: this.#now(),
      }).catch(() => null);
      const purpose = CallPurpose.safeParse(verified?.payload['purpose']);
      if (purpose.success) return purpose.data;
    }
    throw new UnauthorizedError('The callback has no valid token');
  }
}
