import { StorageError } from '../base/errors.ts';

/** Waits before the second, third … try, ms. */
const BACK_OFF_MS = [100, 400, 1600];

export type Wait = (ms: number) => Promise<void>;

export const sleep: Wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks storage again, after a while, where it failed for no lasting reason.
 * @param ask is told which try it is, 1 for the first: what got no answer may have been done all the same.
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
