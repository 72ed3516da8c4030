import { expect, it } from 'vitest';
import { dialectOf } from './dialects.ts';
import { live, type WorldReport } from './world.ts';

const SEEDS = 500;

/** Names the broken promise; `node test/chaos/run.ts --seeds 1 --seed S` shows the steps before it. */
const inWords = ({ seed, violation }: WorldReport): string => `seed ${seed}: ${violation?.rule}: ${violation?.what}`;

/** Tests the first worlds of an API, and those that once broke a promise. @param found their seeds. */
export function keepsPromises(api: string, found: readonly number[]): void {
  const dialect = dialectOf(api);

  it(`every promise is kept, whatever goes wrong (${SEEDS} seeds)`, { timeout: 300_000 }, async () => {
    const broken: string[] = [];
    let deaths = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await live({ seed, dialect });
      deaths += report.deaths;
      if (report.violation) broken.push(inWords(report));
    }
    expect(broken).toEqual([]);
    expect(deaths).toBeGreaterThan(SEEDS / 4);
  });

  it.each(found)('the promise that seed %i once broke is kept', async (seed) => {
    expect((await live({ seed, dialect })).violation).toBeUndefined();
  });
}
