import type { Outage } from '../../../src/lib/rules/outages/outage.ts';
import type { Services } from '../../../src/lib/services/services.ts';
import { shareOut, wishOf } from '../../../src/lib/upkeep/share-out.ts';
import { Visit } from '../../../src/lib/upkeep/visit.ts';

/** Gives the free lines to people of this outage who are due, as a tick of the timer does. */
export async function fillLines(services: Services, outage: Outage): Promise<Visit['figures']> {
  const visit = new Visit(services, { outage, etag: '' });
  const survey = await services.lines.survey();
  await shareOut(services, survey, [await wishOf(visit, survey)], []);
  return visit.figures;
}
