import type { Outage } from './outage.ts';

/** Longest names together, characters: they are stored in one cell. */
const MAX_LENGTH = 24_000;

/** The outage after a list with these columns of its own: columns that are new come last. */
export function withColumns(outage: Outage, columns: readonly string[]): Outage {
  const all = [...new Set([...(outage.ownColumns ?? []), ...columns])];
  const isKnown = all.length === (outage.ownColumns?.length ?? 0);
  return isKnown || all.join().length > MAX_LENGTH ? outage : { ...outage, ownColumns: all };
}
