import { setTimeout as pause } from 'node:timers/promises';

/** Asks until it holds, for state that can only be asked for (a table row). The last failure is thrown when time is up. */
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
