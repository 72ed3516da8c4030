/**
 * The family of errors that Ringdown throws on purpose. `httpStatus` is what an HTTP caller is answered
 * (see functions/http.ts); vendor errors are translated where they arise, with `cause` kept.
 * A message says what was wrong and what to do, and never holds a phone number, a name, a key or a token.
 */
export abstract class RingdownError extends Error {
  abstract readonly httpStatus: number;
  override get name(): string {
    return this.constructor.name;
  }
}

/** What was sent does not fit its schema; `problems` names each field. Asking again unchanged cannot help. */
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

/** Something that it takes to decide is out of reach: ask again later. */
export class UnavailableError extends RingdownError {
  readonly httpStatus = 503;
}

export class NotFoundError extends RingdownError {
  readonly httpStatus = 404;
}

/** Somebody else wrote first: the row exists already, or its ETag has moved on. Read again and decide anew. */
export class ConflictError extends RingdownError {
  readonly httpStatus = 409;
}

/** What was asked for makes no sense as things stand: the message says why, and what can be done instead. */
export class NotAllowedError extends RingdownError {
  readonly httpStatus = 409;
}

/** The body is longer than it may be. */
export class TooLargeError extends RingdownError {
  readonly httpStatus = 413;
}

/** The app cannot start: every setting that is wrong, by name. */
export class ConfigurationError extends RingdownError {
  readonly httpStatus = 500;
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The service was asked for what must not be asked for twice, and did not say whether it was done: a person must look. */
export class UnansweredError extends RingdownError {
  readonly httpStatus = 502;
}

/**
 * Storage answered with something we did not expect, or not at all. Where `isTransient`, asking again may help, and what was
 * asked for may have been done all the same.
 */
export class StorageError extends RingdownError {
  readonly httpStatus = 500;
  readonly isTransient: boolean;
  constructor(message: string, options: ErrorOptions & { isTransient?: boolean } = {}) {
    super(message, options);
    this.isTransient = options.isTransient ?? false;
  }
}
