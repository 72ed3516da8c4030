import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { CallAutomationError } from './errors.ts';
import { type MeaningTable, meaningOfRefusal } from './meaning.ts';

/** Reading of responses, shared by both APIs. */

/** Id to give to Microsoft's support: the service's own, or the client's if it sent none. */
export function requestIdOf(response: PipelineResponse): string {
  return response.headers.get('x-ms-request-id') ?? response.headers.get('ms-cv') ?? response.request.requestId;
}

/** Retry-After is seconds or an HTTP date (RFC 9110, 10.2.3). At least a second: at once is no time to wait. */
export function retryAfterMs(response: PipelineResponse): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(1000, ms);
}

/** Error for a response that refuses the request. @param table what the API's codes mean. */
export function refusal(
  operation: string,
  table: MeaningTable,
  response: PipelineResponse,
  { code, message }: { readonly code: string; readonly message: string },
  options?: ErrorOptions,
): CallAutomationError {
  return new CallAutomationError(
    {
      operation,
      status: response.status,
      code,
      means: meaningOfRefusal(table, response.status, code),
      message,
      requestId: requestIdOf(response),
      retryAfterMs: retryAfterMs(response),
      mayHaveHappened: response.status === 408 || response.status >= 500,
    },
    options,
  );
}

/** Network errors that occur before any byte of the request is sent. */
const NEVER_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Error for a request that got no response. */
export function silence(
  operation: string,
  { code, requestId }: { readonly code: string; readonly requestId: string },
  cause: unknown,
): CallAutomationError {
  const mayHaveHappened = !NEVER_SENT.has(code);
  return new CallAutomationError(
    {
      operation,
      status: 0,
      code,
      means: 'unreachable',
      message: 'the service did not answer',
      requestId,
      mayHaveHappened,
    },
    { cause },
  );
}
