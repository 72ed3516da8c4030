import type { CallAutomationClient, CallAutomationClientOptions } from '@azure/communication-call-automation';
import type { HttpClient, PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { ConfigurationError } from '../../base/errors.ts';

/** The connection string of the resource, or its endpoint and who asks. */
export type Access =
  | { readonly connectionString: string }
  | { readonly endpoint: string; readonly credential: TokenCredential };

export type ClientOptions = {
  /** The ACS user that places the calls; by default the service makes one up. */
  readonly sourceIdentity?: string | undefined;
  /** How long one try may take, ms. */
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  readonly httpClient?: HttpClient;
};

/** However long Retry-After asks us to wait: what takes longer is for the queue to try again, ms. */
const PATIENCE_MS = 60_000;

/** The official client. Its library is heavy, and loaded when the first call is asked for. */
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
    // Known to the SDK's pipeline and not declared by its client: plain HTTP, for a service on this machine.
    ...{ allowInsecureConnection },
    retryOptions: { maxRetries, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 },
    userAgentOptions: { userAgentPrefix: 'ringdown' },
    additionalPolicies: [{ policy: impatient(timeoutMs), position: 'perCall' }],
    ...(sourceIdentity !== undefined && { sourceIdentity: { communicationUserId: sourceIdentity } }),
    ...(httpClient && { httpClient }),
  };
}

/** Some of the SDK's methods take no options at all, so limits are set here, for every operation. */
const impatient = (timeoutMs: number): PipelinePolicy => ({
  name: 'ringdownImpatience',
  sendRequest: (request, next) => {
    request.timeout = timeoutMs;
    request.abortSignal ??= AbortSignal.timeout(PATIENCE_MS);
    return next(request);
  },
});
