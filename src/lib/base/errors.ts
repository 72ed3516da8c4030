/**
 * Base class of the errors that Ringdown throws on purpose. `httpStatus` is the status of the HTTP response
 * (triggers/http.ts). Code that gets a vendor error translates it and keeps it as `cause`.
 * A message says what was wrong and what to do. It never contains a phone number, a name, a key or a token.
 */
export abstract class RingdownError extends Error {
  abstract readonly httpStatus: number;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The input does not match its schema; `problems` names each field. Do not retry it unchanged. */
export class InvalidInputError extends RingdownError {
  readonly httpStatus = 400;
  readonly problems: readonly string[];
  constructor(what: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${what}: ${problems.join('; ')}`, options);
    this.problems = problems;
  }
}

/** The caller did not prove who they are. */
export class UnauthorizedError extends RingdownError {
  readonly httpStatus = 401;
}

/** A dependency is not available; try again later. */
export class UnavailableError extends RingdownError {
  readonly httpStatus = 503;
}

/** There is no such outage, call, opt-out or file. */
export class NotFoundError extends RingdownError {
  readonly httpStatus = 404;
}

/** Another writer was first: the row already exists, or its ETag has changed. Read it again, then decide again. */
export class ConflictError extends RingdownError {
  readonly httpStatus = 409;
}

/** Not allowed in the current state; the message says why, and what to do instead. */
export class NotAllowedError extends RingdownError {
  readonly httpStatus = 409;
}

/** The body is in a form that is not supported. */
export class UnsupportedError extends RingdownError {
  readonly httpStatus = 415;
}

/** The body is longer than the limit. */
export class TooLargeError extends RingdownError {
  readonly httpStatus = 413;
}

/** The app cannot work with its settings; `problems` names each wrong setting, without its value. */
export class ConfigurationError extends RingdownError {
  readonly httpStatus = 503;
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
    this.problems = problems;
  }
}

/** The service did not answer a request that must not be sent twice. A person must check whether it was carried out. */
export class UnansweredError extends RingdownError {
  readonly httpStatus = 502;
}

/** Every line that a call may use is taken. Try again later. */
export class NoFreeLineError extends RingdownError {
  readonly httpStatus = 503;
}

/** None of the operators of a script can be called now; the script has gone on without them. */
export class NobodyToInviteError extends RingdownError {
  readonly httpStatus = 409;
}

/** The service refuses to end a call that must have ended long ago. A person must look into it. */
export class UnendedCallError extends RingdownError {
  readonly httpStatus = 502;
}

/**
 * Storage did not answer, or its answer was unexpected. If `isTransient`, a retry may help, and the request may have
 * been carried out.
 */
export class StorageError extends RingdownError {
  readonly httpStatus = 500;
  readonly isTransient: boolean;
  constructor(message: string, options: ErrorOptions & { isTransient?: boolean } = {}) {
    super(message, options);
    this.isTransient = options.isTransient ?? false;
  }
}
