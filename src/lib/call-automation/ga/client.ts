import type { CallAutomationClient, CallAutomationClientOptions } from '@azure/communication-call-automation';
import type { HttpClient, PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { ConfigurationError } from '../../base/errors.ts';

/** Connection string of the resource, or its endpoint and a credential. */
export type Access =
  | { readonly connectionString: string }
  | { readonly endpoint: string; readonly credential: TokenCredential };

/** Options of the official client. `maxRetries` does not apply to requests that place a call. */
export type ClientOptions = {
  /** The ACS user that places the calls; default: the service creates one. */
  readonly sourceIdentity?: string | undefined;
  /** Timeout of one try, ms. */
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  readonly httpClient?: HttpClient;
};

/** Limit for a request with all its retries and Retry-After waits, ms. After that, the queue retries it. */
const PATIENCE_MS = 60_000;

/** Creates the official client. Loads its library, which is slow to load, on first use. */
export async function connect(access: Access, options: ClientOptions): Promise<CallAutomationClient> {
  const { CallAutomationClient } = await import('@azure/communication-call-automation');
  if ('connectionString' in access) {
    const isInsecure = /endpoint=http:/i.test(access.connectionString);
    return made(() => new CallAutomationClient(access.connectionString, clientOptions(options, isInsecure)));
  }
  return made(() => new CallAutomationClient(access.endpoint, access.credential, clientOptions(options)));
}

function made(make: () => CallAutomationClient): CallAutomationClient {
  try {
    return make();
  } catch {
    // The library's message repeats the whole string with its key, so it is not kept as the cause.
    throw new ConfigurationError([
      'The ACS connection string is not of the form endpoint=https://<resource>.communication.azure.com/;accesskey=<key>',
    ]);
  }
}

function clientOptions(options: ClientOptions, allowInsecureConnection = false): CallAutomationClientOptions {
  const { sourceIdentity, timeoutMs = 15_000, maxRetries = 3, httpClient } = options;
  return {
    // The SDK's pipeline knows this option, but its client's type does not: plain HTTP, for a local simulator.
    ...{ allowInsecureConnection },
    retryOptions: { maxRetries, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 },
    userAgentOptions: { userAgentPrefix: 'ringdown' },
    additionalPolicies: [{ policy: impatient(timeoutMs), position: 'perCall' }],
    ...(sourceIdentity !== undefined && { sourceIdentity: { communicationUserId: sourceIdentity } }),
    ...(httpClient && { httpClient }),
  };
}

/** Sets the time limits of every operation: some SDK methods take no options. */
const impatient = (timeoutMs: number): PipelinePolicy => ({
  name: 'ringdownImpatience',
  sendRequest: (request, next) => {
    request.timeout = timeoutMs;
    request.abortSignal ??= AbortSignal.timeout(PATIENCE_MS);
    return next(request);
  },
});
