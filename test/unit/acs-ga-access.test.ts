import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, it, vi } from 'vitest';
import { acsGa } from '../../src/lib/call-automation/ga/acs-ga.ts';
import { uuidOf } from '../../src/lib/call-automation/ga/repeatability.ts';
import { credentialOf } from '../../src/lib/config/azure-identity.ts';

/** How the app authenticates to today's API, and the id by which the service recognises a repeated request. */

const identities = vi.hoisted(() => ({ loaded: 0 }));
vi.mock('@azure/identity', () => {
  identities.loaded++;
  class DefaultAzureCredential {
    readonly #clientId: string;
    constructor({ managedIdentityClientId = 'the app itself' }: { managedIdentityClientId?: string }) {
      this.#clientId = managedIdentityClientId;
    }
    getToken = async () => ({ token: `of ${this.#clientId}`, expiresOnTimestamp: Date.now() + 3_600_000 });
  }
  return { DefaultAzureCredential, ManagedIdentityCredential: class {} };
});

const request = {
  targets: [{ phoneNumber: { value: '+14255550123' } }],
  callbackUri: 'https://ringdown.example/callbacks',
  reportsParticipants: false,
};
const asked = { identity: 'attempt storm ann 1', firstAskedAt: new Date('2026-01-05T08:00:00.000Z') };

/** A service that accepts every call, and the requests it received. */
function service() {
  const requests: PipelineRequest[] = [];
  const sendRequest = async (sent: PipelineRequest) => {
    requests.push(sent);
    const bodyAsText = JSON.stringify({ callConnectionId: 'leg' });
    return { request: sent, status: 201, headers: createHttpHeaders(), bodyAsText };
  };
  return { requests, httpClient: { sendRequest } };
}

describe('a request to the service', () => {
  it('is signed with the access key, and no Azure identity is loaded', async () => {
    const { requests, httpClient } = service();
    const connectionString = 'endpoint=https://ringdown.communication.azure.com/;accesskey=a2V5';
    await acsGa({ connectionString }, { httpClient }).createCall(request, asked);
    expect(requests[0]?.headers.get('authorization')).toMatch(/^HMAC-SHA256 /);
    expect(identities.loaded).toBe(0);
  });

  it.each([
    ['is sent as the app’s own identity if only an endpoint is configured', {}, 'the app itself'],
    ['is sent as the configured identity', { clientId: 'ringdown-identity' }, 'ringdown-identity'],
  ])('%s', async (_, identity, name) => {
    const { requests, httpClient } = service();
    const endpoint = 'https://ringdown.communication.azure.com';
    await acsGa({ endpoint, credential: credentialOf(identity) }, { httpClient }).createCall(request, asked);
    expect(requests[0]?.headers.get('authorization')).toBe(`Bearer of ${name}`);
    expect(requests[0]?.url).toMatch(/^https:\/\/ringdown\.communication\.azure\.com\/calling\/callConnections\?/);
    expect(identities.loaded).toBe(1);
  });

  it('has an id that follows from what is requested, not a random one of the SDK', async () => {
    const { requests, httpClient } = service();
    const connectionString = 'endpoint=https://ringdown.communication.azure.com/;accesskey=a2V5';
    for (const identity of ['attempt storm ann 1', 'attempt storm ann 1', 'attempt storm ann 2']) {
      await acsGa({ connectionString }, { httpClient }).createCall(request, { ...asked, identity });
    }
    const [first, again, other] = requests.map(({ headers }) => headers.get('repeatability-request-id'));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(requests[0]?.headers.get('repeatability-first-sent')).toBe('Mon, 05 Jan 2026 08:00:00 GMT');
  });
});

describe('an id made from a text', () => {
  it('has the shape of a random UUID', () => {
    const ids = Array.from({ length: 200 }, (_, number) => uuidOf(`${number}`));
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
