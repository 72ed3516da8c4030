/** How much work is done at once. Production uses `BATCHES`; the simulated worlds also use smaller ones, so that a few people fill them. */
export type Batches = {
  /** Due rows of each kind that a tick of the timer handles in each shard. The next tick handles the rest. */
  readonly dueRows: number;
  /** Requested calls that a tick handles. */
  readonly requests: number;
  /** Folding transactions of a tick in each shard. */
  readonly folds: number;
  /** People in one step through the list of an outage that was called off. */
  readonly page: number;
  /** Such steps in a tick, for all shards together: a hundred thousand people take a few minutes. */
  readonly pages: number;
};

export const BATCHES: Batches = { dueRows: 100, requests: 100, folds: 100, page: 1_000, pages: 8 };
