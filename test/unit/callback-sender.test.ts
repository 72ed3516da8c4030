import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { CallbackIssuer } from '../../simulator/service/callback-issuer.ts';
import { UnauthorizedError, UnavailableError } from '../../src/lib/base/errors.ts';
import { CallbackSender } from '../../src/lib/call-automation/ga/callback-sender.ts';

/** How the app fetches and caches the keys that sign callbacks, and what happens if it cannot fetch them. */

const RESOURCE = '11111111-1111-4111-8111-111111111111';

/** A server that publishes keys, and the check that fetches them from it. */
async function service(answers: (issuer: CallbackIssuer, response: http.ServerResponse) => void) {
  const issuer = await CallbackIssuer.create(RESOURCE);
  let fetched = 0;
  const server = http.createServer((_request, response) => {
    fetched++;
    answers(issuer, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  issuer.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const sender = new CallbackSender(`${issuer.url}/`, RESOURCE, () => new Date());
  const verify = async (token = issuer.token()): Promise<void> => sender.verify(`Bearer ${await token}`);
  return { verify, fetched: () => fetched, close: () => server.close() };
}

const withKeys = (issuer: CallbackIssuer, response: http.ServerResponse): void => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(issuer.jwks));
};

describe('the keys', () => {
  it('are fetched once for many callbacks', async () => {
    const { verify, fetched, close } = await service(withKeys);
    for (let callbacks = 0; callbacks < 5; callbacks++) await verify();
    expect(fetched()).toBe(1);
    close();
  });

  it('are not fetched again for every unknown key id', async () => {
    const { verify, fetched, close } = await service(withKeys);
    const stranger = await CallbackIssuer.create(RESOURCE);
    for (let tries = 0; tries < 5; tries++) await expect(verify(stranger.token())).rejects.toThrow(UnauthorizedError);
    expect(fetched()).toBe(1);
    close();
  });

  it('that cannot be fetched make the answer 503, so that the sender tries again', async () => {
    const { verify, close } = await service((_issuer, response) => response.writeHead(500).end());
    await expect(verify()).rejects.toThrow(UnavailableError);
    close();
  });
});
