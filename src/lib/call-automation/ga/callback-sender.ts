import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { UnauthorizedError, UnavailableError } from '../../base/errors.ts';

/** The service signs each callback with a token of five minutes; clocks may differ by as much as this, s. */
const CLOCK_SKEW_SECONDS = 60;

/** Keys are fetched when first needed, again when a token names one that we do not know, and now and then, ms. */
const KEYS_VALID_MS = 10 * 60_000;
const COOL_DOWN_MS = 10_000;

/** What is wrong with the token, or with its key. Anything else (the keys cannot be fetched) is not the sender's fault. */
const TOKENS_FAULTS: ReadonlySet<string> = new Set([
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_EXPIRED',
  'ERR_JWT_INVALID',
]);

/**
 * Proves that a callback was sent by our own ACS resource: by its bearer token (Azure Communication Services: How to secure
 * webhook endpoints).
 */
export class CallbackSender {
  readonly #issuer: string;
  readonly #resourceId: string;
  readonly #now: () => Date;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  /**
   * @param issuer who signs, and where its keys are: `https://acscallautomation.communication.azure.com`.
   * @param resourceId the resource's immutable id: the tokens' audience.
   */
  constructor(issuer: string, resourceId: string, now: () => Date) {
    this.#issuer = issuer.replace(/\/+$/, '');
    this.#resourceId = resourceId;
    this.#now = now;
    this.#keys = createRemoteJWKSet(new URL(`${this.#issuer}/calling/keys`), {
      cacheMaxAge: KEYS_VALID_MS,
      cooldownDuration: COOL_DOWN_MS,
    });
  }

  /**
   * @param authorization the request's header.
   * @throws UnauthorizedError unless our resource sent it, UnavailableError where that cannot be told; nothing of the request is
   * to be read then.
   */
  async verify(authorization: string | null | undefined): Promise<void> {
    const [, token] = /^Bearer ([^\s]+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) throw new UnauthorizedError('The callback has no bearer token');
    try {
      await jwtVerify(token, this.#keys, {
        algorithms: ['RS256'],
        issuer: this.#issuer,
        audience: this.#resourceId,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_SKEW_SECONDS,
        currentDate: this.#now(),
      });
    } catch (cause) {
      if (cause instanceof errors.JOSEError && TOKENS_FAULTS.has(cause.code)) {
        throw new UnauthorizedError('The callback is not from our ACS resource', { cause });
      }
      throw new UnavailableError('The keys that callbacks are signed with cannot be had', { cause });
    }
  }
}
