import { Random } from './random.ts';
import { calmScenario, type Scenario } from './scenario.ts';

/**
 * Calls that the service refuses to end, whatever it is asked, until the callee hangs up. The app gives such a call up
 * long after any call has ended, and its line is used again (src/lib/rules/calls/leases.ts).
 */

/** How long a call may outlive the longest duration of a call before the app may give it up, ms. */
export const GIVEN_UP_AFTER_MS = 15 * 60_000;

/** In one world of twenty, some calls are stubborn. Draws from a stream of its own, so that the worlds are otherwise as they were. */
export const withStubbornCalls = (scenario: Scenario, random: Random): Scenario =>
  random.chance(0.05) ? { ...scenario, stubborn: 0.3 } : scenario;

export const isStubborn = ({ stubborn = 0 }: Scenario, seed: number, callId: string): boolean =>
  stubborn > 0 && new Random(`${seed} stubborn ${callId}`).chance(stubborn);

/** Nobody in the world hangs up for hours, and no call can be ended. */
export function stubbornScenario(people: number): Scenario {
  const calm = calmScenario(people);
  const limits = { ...calm.settings.limits, maxCallMs: 10 * 60_000 };
  return { ...calm, settings: { ...calm.settings, limits }, town: [['staysOn', 1]], stubborn: 1 };
}
