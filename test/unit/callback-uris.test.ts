import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { UnauthorizedError } from '../../src/lib/base/errors.ts';
import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { type CallbackSecrets, CallbackUris } from '../../src/lib/services/callback-uris.ts';
import { personId } from '../fixtures/ids.ts';

const SECRET = 'a secret of more than thirty-two characters';
const OLD_SECRET = 'the secret that was in use until yesterday';
const purpose: CallPurpose = { kind: 'attempt', outageId: 'storm', shard: 3, recipientId: personId('ann'), attempt: 2 };

const NOW = new Date('2026-01-05T08:00:00Z');
const urisWith = (secrets: CallbackSecrets, base = 'https://ringdown.example', now = NOW) =>
  new CallbackUris(base, secrets, () => now);
const uris = urisWith({ current: SECRET });
const tokenOf = (uri: string): string => uri.split('/').at(-1) ?? '';

/** A token that is signed with the secret. */
const signed = (audience: string, claims: Record<string, unknown> = { purpose }, alg = 'HS256'): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg })
    .setAudience(audience)
    .setExpirationTime('100y')
    .sign(new TextEncoder().encode(SECRET));

describe('a callback URI', () => {
  it('leads back to the app and carries the purpose of the call', async () => {
    const uri = await uris.uriFor(purpose);
    expect(uri).toMatch(/^https:\/\/ringdown\.example\/api\/call-events\/[\w-]+\.[\w-]+\.[\w-]+$/);
    await expect(uris.purposeOf(tokenOf(uri))).resolves.toEqual(purpose);
  });

  it('of a call by hand names its request', async () => {
    const uri = await uris.uriFor({ kind: 'request', requestId: 'by-hand' });
    await expect(uris.purposeOf(tokenOf(uri))).resolves.toEqual({ kind: 'request', requestId: 'by-hand' });
  });

  it('is the same whether or not the base URL ends in a slash', async () => {
    const slashed = urisWith({ current: SECRET }, 'https://ringdown.example//');
    expect(await slashed.uriFor(purpose)).toBe(await uris.uriFor(purpose));
  });

  it('signed with the previous secret is accepted while that secret is configured, and no longer', async () => {
    const token = tokenOf(await urisWith({ current: OLD_SECRET }).uriFor(purpose));
    const rotating = urisWith({ current: SECRET, previous: OLD_SECRET });
    await expect(rotating.purposeOf(token)).resolves.toEqual(purpose);
    await expect(uris.purposeOf(token)).rejects.toThrow(UnauthorizedError);
  });

  it('is signed with the current secret, not the previous one', async () => {
    const rotating = urisWith({ current: SECRET, previous: OLD_SECRET });
    await expect(uris.purposeOf(tokenOf(await rotating.uriFor(purpose)))).resolves.toEqual(purpose);
  });
});

describe('a token is refused', () => {
  it('if it is older than any call can be, so that a URL in a log is useless', async () => {
    const token = tokenOf(await uris.uriFor(purpose));
    const later = (hours: number) =>
      urisWith({ current: SECRET }, undefined, new Date(NOW.getTime() + hours * 3_600_000));
    await expect(later(47).purposeOf(token)).resolves.toEqual(purpose);
    await expect(later(49).purposeOf(token)).rejects.toThrow(UnauthorizedError);
  });

  it.each(['', 'token', 'a.b.c', '..'])('if it is malformed: %j', async (token) => {
    await expect(uris.purposeOf(token)).rejects.toThrow(UnauthorizedError);
  });

  it('if its payload differs from what was signed', async () => {
    const [header, , signature] = tokenOf(await uris.uriFor(purpose)).split('.');
    const claims = { purpose: { ...purpose, recipientId: personId('bob') }, aud: 'call-events' };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    await expect(uris.purposeOf(forged)).rejects.toThrow(UnauthorizedError);
  });

  it('if it has no signature', async () => {
    const [header, claims] = tokenOf(await uris.uriFor(purpose)).split('.');
    await expect(uris.purposeOf(`${header}.${claims}.`)).rejects.toThrow(UnauthorizedError);
  });

  it('if it claims to need no signature', async () => {
    const unsigned = new UnsecuredJWT({ purpose }).setAudience('call-events').encode();
    await expect(uris.purposeOf(unsigned)).rejects.toThrow(UnauthorizedError);
  });

  it('if it was signed with another algorithm', async () => {
    await expect(uris.purposeOf(await signed('call-events', { purpose }, 'HS512'))).rejects.toThrow(UnauthorizedError);
  });

  it('if it was signed with the same secret for another audience', async () => {
    await expect(uris.purposeOf(await signed('call-events'))).resolves.toEqual(purpose);
    await expect(uris.purposeOf(await signed('dashboard'))).rejects.toThrow(UnauthorizedError);
  });

  it('if its purpose is unknown', async () => {
    await expect(uris.purposeOf(await signed('call-events', {}))).rejects.toThrow(UnauthorizedError);
    const strange = { purpose: { ...purpose, outageId: '../storm' } };
    await expect(uris.purposeOf(await signed('call-events', strange))).rejects.toThrow(UnauthorizedError);
  });

  it('and the error does not repeat its content', async () => {
    const token = tokenOf(await urisWith({ current: OLD_SECRET }).uriFor(purpose));
    await expect(uris.purposeOf(token)).rejects.toThrow('The callback has no valid token');
  });
});
