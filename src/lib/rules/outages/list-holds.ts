import { reopened } from './lifecycle.ts';
import type { ListHold, Outage } from './outage.ts';

/** How long a hold lasts unless it is renewed, ms. Its import may have died, and then the outage ends only after it. */
const HOLD_MS = 5 * 60_000;

/** Renew a hold with less than this left, ms: several times what one storage request takes with all its retries. */
const MARGIN_MS = 2 * 60_000;

export const newHold = (id: string, now: Date): ListHold => ({
  id,
  until: new Date(now.getTime() + HOLD_MS).toISOString(),
});

/** True if people may be added under this hold now. */
export const isHolding = (hold: ListHold | undefined, now: Date): boolean =>
  hold !== undefined && Date.parse(hold.until) - now.getTime() > MARGIN_MS;

/** The outage before people are added to its list: it is open, and does not end as long as the hold lasts. */
export const withHold = (outage: Outage, hold: ListHold, now: Date): Outage => ({
  ...reopened(outage),
  isListAwaited: undefined,
  listHolds: [...others(outage, hold.id).filter(({ until }) => new Date(until) > now), hold],
});

/** The outage after people were added to its list. */
export function withoutHold(outage: Outage, id: string): Outage {
  const left = others(outage, id);
  return { ...reopened(outage), listHolds: left.length > 0 ? left : undefined };
}

/** True while people are being added: the outage must not end. */
export const isListHeld = ({ listHolds = [] }: Outage, now: Date): boolean =>
  listHolds.some(({ until }) => new Date(until) > now);

const others = ({ listHolds = [] }: Outage, id: string): ListHold[] => listHolds.filter((hold) => hold.id !== id);
