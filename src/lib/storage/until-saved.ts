import { StorageError } from '../base/errors.ts';

/** Others may write the same row at the same time. Losing this many races in a row means that something is wrong. */
const TRIES = 10;

/**
 * Reads, changes and saves a row under its ETag, again from the start each time somebody else saved first. The only
 * loop of its kind.
 * @param what what is being changed, for the error.
 * @param attempt reads the row, decides and saves; gets 1 for the first try. It returns undefined if the save lost the
 * race.
 * @returns what `attempt` returned; null or false if it decided to change nothing, for example.
 * @throws StorageError if the row keeps changing, and whatever `attempt` throws.
 */
export async function untilSaved<Result extends object | string | number | boolean | null>(
  what: string,
  attempt: (tries: number) => Promise<Result | undefined>,
): Promise<Result> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const result = await attempt(tries);
    if (result !== undefined) return result;
  }
  throw new StorageError(`${what} could not be saved: its row changed ${TRIES} times meanwhile`);
}
