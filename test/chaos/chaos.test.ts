import { describe, expect, it } from 'vitest';
import { API_2021 } from './dialects.ts';
import { keepsPromises } from './keeps-promises.ts';
import { live } from './world.ts';

describe('in simulated worlds with the API of 2021', () => {
  keepsPromises(
    API_2021,
    [360, 1282, 3051, 6843, 6954, 8971, 9043, 10243, 10676, 12645, 13028, 15954, 16286, 17479, 18878, 19030],
  );

  it('a seed replays exactly', async () => {
    for (const seed of [2, 3, 5, 7, 11]) {
      const once = await live({ seed, trace: 100_000 });
      const again = await live({ seed, trace: 100_000 });
      expect(again.trace).toEqual(once.trace);
      expect(once.trace.length).toBeGreaterThan(100);
    }
  });

  it('one seed differs from the next', async () => {
    const [one, other] = [await live({ seed: 1, trace: 1000 }), await live({ seed: 2, trace: 1000 })];
    expect(one.trace).not.toEqual(other.trace);
  });
});
