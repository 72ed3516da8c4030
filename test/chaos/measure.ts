import type { Dialect } from '../../simulator/service/news.ts';
import { calmScenario } from './scenario.ts';
import { live } from './world.ts';

/** Averages over a few worlds: when a cached outage is read again is a matter of seconds. */
const WORLDS = 10;

/**
 * Measures how many storage requests (tables, and messages put on queues) one acknowledged call costs, from getting its
 * line to passing it on: the difference between a large and a small world without faults, one call at a time.
 */
export async function measureAcknowledgedCall(dialect?: Dialect): Promise<number> {
  const [few, many] = [4, 24];
  let requests = 0;
  for (let seed = 1; seed <= WORLDS; seed++) {
    const requestsOf = async (people: number): Promise<number> =>
      (await live({ seed, dialect, scenario: calmScenario(people) })).storageRequests;
    requests += (await requestsOf(many)) - (await requestsOf(few));
  }
  return requests / WORLDS / (many - few);
}
