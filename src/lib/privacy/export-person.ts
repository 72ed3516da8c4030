import { z } from 'zod';
import { PhoneNumber } from '../call-automation/identifiers.ts';
import { RejectedRow } from '../rules/outages/rejected-row.ts';
import type { Services } from '../services/services.ts';
import { findPerson } from './find-person.ts';

/** Everything that is kept of a number. */
export const PersonExport = z.object({
  number: PhoneNumber,
  at: z.string(),
  optOut: z.object({ since: z.string(), outageId: z.string().optional() }).optional(),
  calledAt: z.array(z.string()).describe('When the number was called in the last 24 hours.'),
  outages: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      recipient: z.looseObject({}).optional().describe('As it is stored.'),
      rejectedRows: z.array(RejectedRow),
      isOperator: z.boolean().describe('The number is one of the operators of the script.'),
    }),
  ),
  requests: z.array(z.looseObject({})).describe('Calls by hand, as they are stored.'),
  calls: z
    .array(
      z.object({
        name: z.string(),
        leg: z.looseObject({}).optional(),
        events: z.array(z.looseObject({})),
        actions: z.array(z.looseObject({})),
      }),
    )
    .describe('Calls, with every event and action.'),
  messages: z.array(z.object({ queue: z.string(), text: z.string() })).describe('Messages that failed five times.'),
});
export type PersonExport = z.infer<typeof PersonExport>;

/** Collects everything that is kept of a number. One request for each call, besides those of `findPerson`. */
export async function exportPerson(services: Services, number: string): Promise<PersonExport> {
  const found = await findPerson(services, number);
  const id = services.ids.numberIdOf({ phoneNumber: { value: number } });
  const optOut = await services.optOuts.find(id);
  const called = await services.numbers.callsTo(id);
  const calls = await Promise.all(
    [...found.legs].map(async (name) => ({ name, ...(await services.legs.timeline(name)) })),
  );
  return {
    number,
    at: services.now().toISOString(),
    ...(optOut && { optOut: { since: optOut.at, outageId: optOut.outageId } }),
    calledAt: called ? [...new Set([...called.counted, called.at])] : [],
    outages: found.outages.map(({ outage: { id, title }, recipient, rejected, isOperator }) => ({
      id,
      title,
      ...(recipient && { recipient: recipient.recipient }),
      rejectedRows: [...rejected],
      isOperator,
    })),
    requests: found.requests.map(({ request }) => request),
    calls: calls.filter(({ leg, events, actions }) => leg || events.length > 0 || actions.length > 0),
    messages: found.messages.map(({ queue, text }) => ({ queue, text })),
  };
}
