import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/**
 * How long one request to storage may take, its token included, ms. A server that accepts a request and stays silent
 * would otherwise hold it, and the work that waits for it, for minutes. Other times rest on this one: with all retries, a
 * request is over after less than a minute.
 */
export const REQUEST_LIMIT_MS = 10_000;

/** Ends each request of a client after this time; each page of a query is a request of its own. */
export const timeLimit = (ms: number): PipelinePolicy => ({
  name: 'timeLimit',
  sendRequest(request, next) {
    request.abortSignal = AbortSignal.timeout(ms);
    return next(request);
  },
});
