import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../simulator/service/news.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';
import { live } from './world.ts';

/** Enough worlds for the checks to find every mutation. */
const SEEDS = 1_000;

/** The first seed whose world breaks one of the promises that the mutation must break. */
async function caught(mutation: Mutation): Promise<{ seed: number; rule: string } | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { dialect } = mutation;
    const { violation } = await live({ seed, mutation, dialect });
    if (violation && mutation.breaks.includes(violation.rule) && (await isSound(seed, dialect))) {
      return { seed, rule: violation.rule };
    }
  }
  return undefined;
}

/** The same world passes without the mutation, so the mutation is what breaks it. */
const isSound = async (seed: number, dialect: Dialect | undefined): Promise<boolean> =>
  (await live({ seed, dialect })).violation === undefined;

describe('the checks find it where', () => {
  for (const mutation of MUTATIONS) {
    it(mutation.name, { timeout: 60_000 }, async () => {
      expect(await caught(mutation)).toBeDefined();
    });
  }
});
