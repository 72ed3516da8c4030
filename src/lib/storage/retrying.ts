import { StorageError } from '../base/errors.ts';

/** Pauses before the second, third … try, ms. */
const BACK_OFF_MS = [100, 400, 1600];

/** Waits, ms. Tests and simulated worlds replace it. */
export type Wait = (ms: number) => Promise<void>;

export const sleep: Wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Retries a request to storage after transient failures.
 * @param ask gets the number of the try, 1 for the first. A try that got no answer may have succeeded.
 */
export async function retrying<Answer>(wait: Wait, ask: (tries: number) => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(tries);
    } catch (error) {
      const pause = BACK_OFF_MS[tries - 1];
      if (!(error instanceof StorageError && error.isTransient) || pause === undefined) throw error;
      await wait(pause);
    }
  }
}
