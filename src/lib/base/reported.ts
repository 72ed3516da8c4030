import { RingdownError } from './errors.ts';
import { masked } from './masking.ts';

/** The name and message of an error. Our own show no number but those of examples; any other may repeat what it was given. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return masked(String(error));
  const text = `${error.name}: ${error.message}`;
  return error instanceof RingdownError ? text : masked(text);
}

/** An error for the log: its reason, its stack and its causes. An error object would show what its library keeps in it. */
export function reported(error: unknown): string {
  if (!(error instanceof Error)) return reasonOf(error);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause === undefined ? [] : [`caused by ${reported(error.cause)}`];
  return [reasonOf(error), ...frames, ...cause].join('\n');
}

/** The error to throw to the host, which logs its message: our own as it is, any other with its message masked. */
export function safeToThrow(error: unknown): Error {
  if (error instanceof RingdownError) return error;
  return Object.assign(new Error(reasonOf(error)), { stack: reported(error) });
}
