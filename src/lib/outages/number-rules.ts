import { whyNoUsers } from '../call-automation/reach.ts';
import type { NumberRules } from '../lists/contacts.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';

/** How the numbers of an outage's list are read, and which may be called. */
export function numberRulesOf({ settings, calls }: Services, { defaultCountry, callers }: Outage): NumberRules {
  const own = new Set([...settings.numbers.own, ...callers.map(({ number }) => number)]);
  const noUsers = whyNoUsers(
    calls,
    callers.map(({ number }) => number),
  );
  return { country: defaultCountry, calling: { ...settings.numbers, own }, noUsers };
}
