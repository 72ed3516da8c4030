import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** What protects a backup: a passphrase, or a key of 32 bytes. */
export type Secret = { readonly passphrase: string } | { readonly key: Buffer };

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** OWASP, password storage: at least N = 2^17, r = 8, p = 1; takes 128 MB and some tenths of a second. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/** The key of one backup. The salt is new for each, so that no two backups have the same key. */
export function keyOf(secret: Secret, salt: Buffer): Promise<Buffer> {
  if ('key' in secret) return Promise.resolve(Buffer.from(hkdfSync('sha256', secret.key, salt, 'ringdown-backup', 32)));
  return new Promise((resolve, reject) =>
    scrypt(secret.passphrase, salt, 32, COST, (error, key) => (error ? reject(error) : resolve(key))),
  );
}

/**
 * Encrypts pieces as they come: the IV, the encrypted bytes, the tag.
 * @param about what the bytes are; opening them as anything else fails.
 */
export async function* sealed(pieces: AsyncIterable<Buffer>, key: Buffer, about: string): AsyncGenerator<Buffer> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(about));
  yield iv;
  for await (const piece of pieces) yield cipher.update(piece);
  yield cipher.final();
  yield cipher.getAuthTag();
}

/**
 * Decrypts a file. Its bytes are proven only at the end, so read it once to check it before using any of it.
 * @throws Error at the end if the key is wrong or the file was changed.
 */
export async function* opened(file: string, key: Buffer, about: string): AsyncGenerator<Buffer> {
  const handle = await open(file);
  const iv = Buffer.alloc(IV_BYTES);
  const tag = Buffer.alloc(TAG_BYTES);
  const { size } = await handle.stat();
  try {
    if (size < IV_BYTES + TAG_BYTES) throw damaged(file);
    await handle.read(iv, 0, IV_BYTES, 0);
    await handle.read(tag, 0, TAG_BYTES, size - TAG_BYTES);
  } finally {
    await handle.close();
  }
  const decipher = createDecipheriv(CIPHER, key, iv).setAAD(Buffer.from(about)).setAuthTag(tag);
  if (size > IV_BYTES + TAG_BYTES) {
    for await (const piece of createReadStream(file, { start: IV_BYTES, end: size - TAG_BYTES - 1 })) {
      yield decipher.update(piece);
    }
  }
  try {
    yield decipher.final();
  } catch (cause) {
    throw damaged(file, { cause });
  }
}

export const damaged = (file: string, options?: ErrorOptions): Error =>
  new Error(`${file} cannot be opened: the passphrase or key is wrong, or the file was changed.`, options);
