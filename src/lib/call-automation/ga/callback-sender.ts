import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { UnauthorizedError, UnavailableError } from '../../base/errors.ts';

/** Allowed clock difference, s. The service's tokens are valid for five minutes. */
const CLOCK_SKEW_SECONDS = 60;

/** Keys are fetched on first use, for an unknown key id (after the cool-down), and when they expire. In ms. */
const KEYS_VALID_MS = 10 * 60_000;
const COOL_DOWN_MS = 10_000;

/** Errors of the token or its key. Any other error, for example in fetching the keys, is not the sender's fault. */
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
 * Verifies by its bearer token that our ACS resource sent a callback (Azure Communication Services: How to secure
 * webhook endpoints).
 */
export class CallbackSender {
  readonly #issuer: string;
  readonly #resourceId: string;
  readonly #now: () => Date;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  /**
   * @param issuer signs the tokens and publishes the keys: `https://acscallautomation.communication.azure.com`.
   * @param resourceId immutable id of the resource, the audience of the tokens.
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
   * @throws UnauthorizedError unless our resource sent it; UnavailableError if the keys cannot be fetched. Do not read
   * the request then.
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
      throw new UnavailableError('The keys that sign the callbacks cannot be fetched', { cause });
    }
  }
}
