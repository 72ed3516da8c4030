import { setTimeout as passes } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eachOf } from '../../src/lib/base/each-of.ts';

/** Numbers from 0, and how many of them have been pulled. */
function numbers(count: number) {
  const asked = { last: -1, isEnded: false };
  async function* each(): AsyncGenerator<number> {
    try {
      for (let number = 0; number < count; number++) {
        asked.last = number;
        yield number;
      }
    } finally {
      asked.isEnded = true;
    }
  }
  return { asked, items: each() };
}

describe('work for each item', () => {
  it('runs for all items, some at the same time, and pulls no more than fit', async () => {
    const { asked, items } = numbers(20);
    const done: number[] = [];
    let now = 0;
    let most = 0;
    await eachOf(items, 4, async (number) => {
      most = Math.max(most, ++now);
      expect(asked.last).toBeLessThan(done.length + 2 * 4);
      await passes(1);
      now--;
      done.push(number);
    });
    expect(done.sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(most).toBe(4);
  });

  it('ends after an error, once all work in flight has ended', async () => {
    const { asked, items } = numbers(1_000);
    const ended: number[] = [];
    const work = eachOf(items, 4, async (number) => {
      await passes(number === 2 ? 1 : 10);
      ended.push(number);
      if (number === 2) throw new Error('the third');
    });
    await expect(work).rejects.toThrow('the third');
    expect(ended.sort((a, b) => a - b)).toEqual([...Array(asked.last + 1).keys()]);
    expect(asked).toMatchObject({ isEnded: true });
    expect(asked.last).toBeLessThan(12);
  });

  it('ends with the error of the source', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('connection lost');
    }
    const done: number[] = [];
    const work = eachOf(broken(), 4, async (number) => {
      await passes(5);
      done.push(number);
    });
    await expect(work).rejects.toThrow('connection lost');
    expect(done).toEqual([1]);
  });
});
