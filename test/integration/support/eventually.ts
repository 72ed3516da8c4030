import { setTimeout as pause } from 'node:timers/promises';

/**
 * Repeats a check until it succeeds, for state that has no events (a table row).
 * @throws the last error after the timeout.
 */
export async function eventually<Value>(ask: () => Promise<Value> | Value, timeoutMs = 30_000): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(100);
  }
}
