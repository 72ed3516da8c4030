import { expect, it } from 'vitest';
import { measureManyOutages, type Time } from '../scale/many-outages.ts';

const OUTAGES = 1_100;
/** With 2,000 outages a tick may take ten seconds, before the next one begins. */
const MOST_SECONDS = (10 * OUTAGES) / 2_000;

/** Time that passes only while everybody waits. */
class Waits implements Time {
  #now = 0;
  #waiting: { readonly at: number; readonly goOn: () => void }[] = [];

  readonly now = (): number => this.#now;
  readonly wait = (ms: number): Promise<void> =>
    new Promise((goOn) => void this.#waiting.push({ at: this.#now + ms, goOn }));

  async during<Value>(work: (time: Time) => Promise<Value>): Promise<Value> {
    let isDone = false;
    const working = work(this).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#now = this.#waiting.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
      const next = this.#waiting.filter(({ at }) => at === this.#now);
      this.#waiting = this.#waiting.filter(({ at }) => at !== this.#now);
      for (const { goOn } of next) goOn();
    }
    return working;
  }
}

it(`a tick visits ${OUTAGES} open outages, more than a query returns, in time`, { timeout: 120_000 }, async () => {
  const ticks = await new Waits().during((time) => measureManyOutages(OUTAGES, 50, 8, time));
  expect(ticks).toHaveLength(3);
  for (const { seconds, requests, calls, served } of ticks) {
    expect(seconds).toBeLessThan(MOST_SECONDS);
    // Its row, two queries for each shard, and more in a tick that begins it or folds its counts.
    expect(requests).toBeGreaterThan(9 * OUTAGES);
    expect(requests).toBeLessThan(17 * OUTAGES);
    expect([calls, served]).toEqual([100, 100]);
  }
});
