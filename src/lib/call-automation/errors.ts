import { RingdownError } from '../base/errors.ts';
import { masked } from '../base/masking.ts';

/**
 * The service refused a request or could not be reached. `status` is its HTTP status, 0 where no answer came;
 * `code` and `message` are its own, numbers masked (reference page, the 400, 401 and 500 of each operation).
 */
export class CallAutomationError extends RingdownError {
  /** To whoever asked us over HTTP, a fault of the service behind us is a bad gateway. */
  readonly httpStatus = 502;
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  /** How long the service asked us to wait (Retry-After), in ms. */
  readonly retryAfterMs: number | undefined;
  /** True where the service may have done what it was asked all the same: no answer came, or a 408 or 5xx. */
  readonly mayHaveHappened: boolean;

  constructor(
    fault: {
      operation: string;
      status: number;
      code: string;
      message: string;
      requestId: string;
      retryAfterMs?: number | undefined;
      mayHaveHappened: boolean;
    },
    options?: ErrorOptions,
  ) {
    super(masked(`${fault.operation}: ${fault.message} (${fault.status || 'no answer'} ${fault.code})`), options);
    this.status = fault.status;
    this.code = fault.code;
    this.requestId = fault.requestId;
    this.retryAfterMs = fault.retryAfterMs;
    this.mayHaveHappened = fault.mayHaveHappened;
  }
}
