import { isResting } from '../rules/calls/breaker.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf, type Survey } from '../storage/lines.ts';
import { takeProbe } from './caller-standing.ts';

/**
 * The lines that may be filled: all but the free ones of resting numbers. A resting number keeps one, for a probe, if that is due
 * and somebody can be called; then this process alone places it.
 */
export async function usableLines(services: Services, outage: Outage, { lines, callers }: Survey): Promise<Line[]> {
  const now = services.now();
  const resting = new Map([...callers].filter(([, { caller }]) => isResting(caller)));
  if (resting.size === 0) return [...lines];
  const kept = new Set<Line>();
  for (const [number, stored] of resting) {
    const line = linesOf(outage.callers, lines).find((each) => each.number === number && isFree(each, now));
    if (line && (await isAnybodyDue(services, outage)) && (await takeProbe(services, stored))) kept.add(line);
  }
  // A line without a holder may become free before it is filled, so its time does not count here.
  return lines.filter((line) => line.holder !== '' || !resting.has(line.number) || kept.has(line));
}

async function isAnybodyDue({ recipients, now }: Services, outage: Outage): Promise<boolean> {
  for (const shard of shardsOf(outage)) {
    const [first] = await recipients.due(shard, 'waiting', 1);
    if (first && first.at <= now()) return true;
  }
  return false;
}
