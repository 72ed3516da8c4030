import { describe, expect, it } from 'vitest';
import { DIALECT_GA } from '../../simulator/wire-ga/dialect.ts';
import { measureAcknowledgedCall } from './measure.ts';
import { live, type WorldReport } from './world.ts';

const SEEDS = 600;
const GA_SEEDS = 300;
/** Names the broken promise; `node test/chaos/run.ts --seeds 1 --seed S` shows the steps before it. */
const inWords = ({ seed, violation }: WorldReport): string => `seed ${seed}: ${violation?.rule}: ${violation?.what}`;

describe('simulated worlds', () => {
  it(`keep every promise, whatever goes wrong (${SEEDS} seeds)`, { timeout: 120_000 }, async () => {
    const broken: string[] = [];
    let trouble = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await live({ seed });
      trouble += report.deaths;
      if (report.violation) broken.push(inWords(report));
    }
    expect(broken).toEqual([]);
    expect(trouble).toBeGreaterThan(SEEDS / 4);
  });

  it(`keep every promise with today’s API too (${GA_SEEDS} seeds)`, {
    timeout: 120_000,
  }, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= GA_SEEDS; seed++) {
      const report = await live({ seed, dialect: DIALECT_GA });
      if (report.violation) broken.push(inWords(report));
    }
    expect(broken).toEqual([]);
  });

  it('replay exactly from their seed', async () => {
    for (const seed of [2, 3, 5, 7, 11]) {
      const once = await live({ seed, trace: 100_000 });
      const again = await live({ seed, trace: 100_000 });
      expect(again.trace).toEqual(once.trace);
      expect(once.trace.length).toBeGreaterThan(100);
    }
  });

  it('differ from one seed to the next', async () => {
    const [one, other] = [await live({ seed: 1, trace: 1000 }), await live({ seed: 2, trace: 1000 })];
    expect(one.trace).not.toEqual(other.trace);
  });
});

describe('an acknowledged call', () => {
  it('costs few storage requests', async () => {
    expect(await measureAcknowledgedCall()).toBeLessThanOrEqual(36.5);
  });
});
