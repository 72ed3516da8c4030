import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Claims to override in a callback token, to test the code that checks it. */
export type TokenClaims = {
  readonly issuer?: string;
  readonly audience?: string;
  /** Default: five minutes, as in the service. */
  readonly expiresInSeconds?: number;
};

type Key = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicKey: JWK };

const FIVE_MINUTES = 300;
/** How many keys are published: the current one and the previous one. */
const PUBLISHED = 2;

/** Signs a token (RS256) for each callback, and publishes the keys. They prove that the simulator sent the callback. */
export class CallbackIssuer {
  readonly #resourceId: string;
  #keys: readonly Key[];
  /** The URL of the simulator. Set once it listens. */
  url = '';

  private constructor(resourceId: string, key: Key) {
    this.#resourceId = resourceId;
    this.#keys = [key];
  }

  static async create(resourceId: string): Promise<CallbackIssuer> {
    return new CallbackIssuer(resourceId, await newKey());
  }

  /** Signs with a new key from now on. */
  async rotate(): Promise<void> {
    this.#keys = [await newKey(), ...this.#keys].slice(0, PUBLISHED);
  }

  async token({ issuer, audience, expiresInSeconds = FIVE_MINUTES }: TokenClaims = {}): Promise<string> {
    const [key] = this.#keys;
    if (!key) throw new Error('unreachable: there is always a key');
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT' })
      .setIssuer(issuer ?? this.url)
      .setAudience(audience ?? this.#resourceId)
      .setNotBefore(now)
      .setExpirationTime(now + expiresInSeconds)
      .sign(key.privateKey);
  }

  /** `GET /calling/keys` */
  get jwks(): { keys: JWK[] } {
    return { keys: this.#keys.map(({ publicKey }) => publicKey) };
  }

  /** `GET /calling/.well-known/acsopenidconfiguration` */
  get configuration(): object {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/calling/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }
}

async function newKey(): Promise<Key> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { kid, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}
