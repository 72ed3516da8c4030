import type { Caller } from '../../src/lib/rules/outages/outage.ts';
import { BATCHES, type Batches } from '../../src/lib/services/batches.ts';
import type { Random } from './random.ts';

/** The default of the setting. */
export const BREAKER_AFTER = 10;

/** How big a world is, apart from what every world has. */
export type Size = {
  /** Undefined in most worlds, which have a few people. */
  readonly people: number | undefined;
  /** For each caller number, in place of one or two. */
  readonly lines: number | undefined;
  readonly batches: Batches;
  readonly breakerAfter: number;
};

/** Most worlds have few people and big batches. Some have small batches, some have up to forty people, a few up to 400. */
export function drawSize(random: Random): Size {
  const [least, most] = random.weighted<readonly [number, number]>([
    [[0, 0], 89],
    [[8, 40], 9],
    [[41, 400], 2],
  ]);
  // Many more small crowds than big ones.
  const people = most === 0 ? undefined : Math.round(least * (most / least) ** random.next());
  const lines = people && random.chance(0.8) ? random.int(2, Math.ceil(people / 4)) : undefined;
  const batches = random.chance(0.3) ? drawBatches(random) : BATCHES;
  return { people, lines, batches, breakerAfter: random.chance(0.5) ? random.int(2, 4) : BREAKER_AFTER };
}

const drawBatches = (random: Random): Batches => ({
  dueRows: random.pick([1, 2, 3, 10]),
  requests: random.int(1, 3),
  folds: random.int(1, 3),
  page: random.pick([1, 2, 3, 10]),
  pages: random.int(1, 3),
});

export const withLines = (callers: readonly Caller[], lines: number | undefined): Caller[] =>
  callers.map((caller) => ({ ...caller, lines: lines ?? caller.lines }));
