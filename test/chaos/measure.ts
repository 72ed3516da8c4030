import { calmScenario } from './scenario.ts';
import { live } from './world.ts';

/**
 * How many storage requests (tables, and messages put on queues) one acknowledged call costs, from its line given to it to
 * its line given to the next: the difference between a calm world of many and a calm world of few, a call after the other.
 */
export async function measureAcknowledgedCall(): Promise<number> {
  const [few, many] = [4, 24];
  const requestsOf = async (people: number): Promise<number> => {
    const report = await live({ seed: 1, scenario: calmScenario(people) });
    return report.storageRequests;
  };
  return ((await requestsOf(many)) - (await requestsOf(few))) / (many - few);
}
