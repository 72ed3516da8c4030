import { Refusal } from './api.ts';

const SLOWEST_MS = 15_000;
/** A hidden page polls less often by this factor. */
const HIDDEN = 15;

export type Polling = { now(): void; stop(): void };

/**
 * Polls every `everyMs` milliseconds: less often if the page is hidden or requests fail, and at once when the page is
 * visible again or the network is back.
 */
export function poll<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  everyMs: number,
  tell: { data(data: Data): void; refusal(refusal: Refusal): void },
): Polling {
  const abort = new AbortController();
  const { signal } = abort;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isAsking = false;

  async function ask(): Promise<void> {
    try {
      tell.data(await load(signal));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      tell.refusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    }
  }

  async function askAndWait(): Promise<void> {
    clearTimeout(timer);
    if (isAsking) return;
    isAsking = true;
    await ask();
    isAsking = false;
    if (!signal.aborted) timer = setTimeout(askAndWait, patience());
  }

  const patience = (): number => {
    const ms = Math.min(everyMs * 2 ** Math.min(failures, 4), Math.max(SLOWEST_MS, everyMs));
    return document.hidden ? ms * HIDDEN : ms;
  };

  document.addEventListener('visibilitychange', () => document.hidden || void askAndWait(), { signal });
  addEventListener('online', () => void askAndWait(), { signal });
  void askAndWait();
  return {
    now: () => void askAndWait(),
    stop() {
      abort.abort();
      clearTimeout(timer);
    },
  };
}
