import { isResting } from '../rules/calls/breaker.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf, type Survey } from '../storage/lines.ts';
import { takeProbe } from './caller-standing.ts';
import { callersOf } from './callers-of.ts';

/**
 * The outage's lines that may be used: none of resting numbers. But if a probe of such a number is due, one of its free
 * lines; then this process alone places the probe.
 * @param isWanted true if somebody can be called.
 */
export async function usableLines(
  services: Services,
  outage: Outage,
  { lines, callers }: Survey,
  isWanted: boolean,
): Promise<Line[]> {
  const now = services.now();
  const ours = linesOf(callersOf(services, outage), lines);
  const resting = new Map([...callers].filter(([, { caller }]) => isResting(caller)));
  const kept = new Set<Line>();
  for (const [number, stored] of isWanted ? resting : []) {
    const line = ours.find((each) => each.number === number && isFree(each, now));
    if (line && (await takeProbe(services, stored))) kept.add(line);
  }
  return ours.filter((line) => !resting.has(line.number) || kept.has(line));
}

/** How many more concurrent calls the outage may have; negative if it has too many. */
export function roomFor(outage: Outage, lines: readonly Line[]): number {
  if (outage.maxConcurrentCalls === undefined) return lines.length;
  const inUse = lines.filter(({ holder }) => holder.startsWith(`${outage.id}|`)).length;
  return outage.maxConcurrentCalls - inUse;
}
