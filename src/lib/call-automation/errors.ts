import { RingdownError } from '../base/errors.ts';
import { masked } from '../base/masking.ts';
import type { Meaning } from './meaning.ts';

/**
 * The service refused a request or did not answer. `status` is the HTTP status, or 0 without an answer. `code` and
 * `message` are the service's, with phone numbers masked (reference page: the 400, 401 and 500 of each operation).
 */
export class CallAutomationError extends RingdownError {
  /** Bad gateway: the service behind us failed. */
  readonly httpStatus = 502;
  readonly status: number;
  readonly code: string;
  /** What the status and the code mean, by the table of the API. */
  readonly means: Meaning;
  readonly requestId: string;
  /** How long the service asked us to wait (Retry-After), in ms. */
  readonly retryAfterMs: number | undefined;
  /** True if the service may have carried out the request anyway: no answer, a 408 or a 5xx. */
  readonly mayHaveHappened: boolean;

  constructor(
    fault: {
      operation: string;
      status: number;
      code: string;
      means: Meaning;
      message: string;
      requestId: string;
      retryAfterMs?: number | undefined;
      mayHaveHappened: boolean;
    },
    options?: ErrorOptions,
  ) {
    super(`${fault.operation}: ${masked(fault.message)} (${fault.status || 'no answer'} ${fault.code})`, options);
    this.status = fault.status;
    this.code = fault.code;
    this.means = fault.means;
    this.requestId = fault.requestId;
    this.retryAfterMs = fault.retryAfterMs;
    this.mayHaveHappened = fault.mayHaveHappened;
  }
}
