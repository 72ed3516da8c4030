import { describe, expect, it } from 'vitest';
import { MUTATIONS, type Mutation } from './mutations.ts';
import { live, type WorldOptions } from './world.ts';

/** Enough worlds for the checks to find every mutation. */
const SEEDS = 1_000;

/** The first seed whose world breaks one of the promises that the mutation must break. */
async function caught(mutation: Mutation): Promise<{ seed: number; rule: string } | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { dialect, scenario } = mutation;
    const { violation } = await live({ seed, mutation, dialect, scenario });
    if (violation && mutation.breaks.includes(violation.rule) && (await isSound({ seed, dialect, scenario }))) {
      return { seed, rule: violation.rule };
    }
  }
  return undefined;
}

/** The same world passes without the mutation, so the mutation is what breaks it. */
const isSound = async (world: WorldOptions): Promise<boolean> => (await live(world)).violation === undefined;

describe('the checks find it where', () => {
  for (const mutation of MUTATIONS) {
    it(mutation.name, { timeout: 180_000 }, async () => {
      expect(await caught(mutation)).toBeDefined();
    });
  }
});
