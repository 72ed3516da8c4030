import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** What a callback's token may have wrong with it, for tests of whoever checks it. */
export type TokenClaims = {
  readonly issuer?: string;
  readonly audience?: string;
  /** From now, s; by default five minutes, as the service has it. */
  readonly expiresInSeconds?: number;
};

type Key = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicKey: JWK };

const FIVE_MINUTES = 300;
/** The keys that are published: the one in use and the one before. */
const PUBLISHED = 2;

/** Proves that callbacks come from here: a token for each (RS256), by keys that anybody can fetch. */
export class CallbackIssuer {
  readonly #resourceId: string;
  #keys: readonly Key[];
  /** Where the simulator is reached. Known once it listens. */
  url = '';

  private constructor(resourceId: string, key: Key) {
    this.#resourceId = resourceId;
    this.#keys = [key];
  }

  static async create(resourceId: string): Promise<CallbackIssuer> {
    return new CallbackIssuer(resourceId, await newKey());
  }

  /** From now on another key signs. */
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
