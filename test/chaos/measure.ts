import { calmScenario } from './scenario.ts';
import { live } from './world.ts';

/** One world is lucky, or not: when a copy of the outage is too old is a matter of seconds. */
const WORLDS = 10;

/**
 * How many storage requests (tables, and messages put on queues) one acknowledged call costs, from its line given to it to
 * its line given to the next: the difference between a calm world of many and a calm world of few, a call after the other.
 */
export async function measureAcknowledgedCall(): Promise<number> {
  const [few, many] = [4, 24];
  let requests = 0;
  for (let seed = 1; seed <= WORLDS; seed++) {
    const requestsOf = async (people: number): Promise<number> =>
      (await live({ seed, scenario: calmScenario(people) })).storageRequests;
    requests += (await requestsOf(many)) - (await requestsOf(few));
  }
  return requests / WORLDS / (many - few);
}
