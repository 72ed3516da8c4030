import { z } from 'zod';
import type { Identifier } from '../../call-automation/identifiers.ts';
import { type NumberFacts, NumberKind } from '../callable-numbers.ts';

const Count = z.number().int().nonnegative();

/** What people on a list, or those who would be added to it, have in common. */
export const PeopleCounts = z.object({
  countries: z.record(z.string(), Count).describe('People by the country of their number, or by its calling code.'),
  kinds: z.partialRecord(NumberKind, Count).describe('People by the kind of their number.'),
  timeZones: z.object({
    given: z.record(z.string(), Count).describe('People by their time zone.'),
    missing: Count.describe('People without one.'),
    missingInNorthAmerica: Count.describe('Those of them whose number (+1) may be in any of several zones.'),
    assumed: z.string().optional().describe('The zone that would be assumed for them. Absent: nobody has quiet hours.'),
  }),
});
export type PeopleCounts = z.infer<typeof PeopleCounts>;

export const nobodyCounted = (): PeopleCounts => ({
  countries: {},
  kinds: {},
  timeZones: { given: {}, missing: 0, missingInNorthAmerica: 0 },
});

type Person = { readonly identifier: Identifier; readonly timeZone?: string | undefined };

/** Adds a person to the counts. @param number undefined for somebody without one. */
export function countPerson(
  { countries, kinds, timeZones }: PeopleCounts,
  { identifier: { phoneNumber }, timeZone }: Person,
  number: NumberFacts | undefined,
): void {
  if (number) {
    countries[number.country] = (countries[number.country] ?? 0) + 1;
    kinds[number.kind] = (kinds[number.kind] ?? 0) + 1;
  }
  if (timeZone !== undefined) timeZones.given[timeZone] = (timeZones.given[timeZone] ?? 0) + 1;
  else {
    timeZones.missing++;
    if (phoneNumber?.value.startsWith('+1')) timeZones.missingInNorthAmerica++;
  }
}
