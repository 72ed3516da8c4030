import { z } from 'zod';
import { NotAllowedError } from '../base/errors.ts';
import { identityOf } from '../call-automation/identifiers.ts';
import { expired } from '../rules/outages/attempts.ts';
import { isOver } from '../rules/outages/lifecycle.ts';
import type { Services } from '../services/services.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { type Found, findPerson, type InOutage, mentionsOf } from './find-person.ts';

/** What an erasure did. It names the number by its id only, so that it can be kept. */
export const ErasureReceipt = z.object({
  numberId: z.string().describe('A keyed digest of the number.'),
  at: z.string(),
  recipients: z.number().int().describe('Lists from which the person was erased. The counts of the outages are kept.'),
  operatorIn: z.number().int().describe('Scripts from which the number was taken as an operator.'),
  rejectedRows: z.number().int(),
  calls: z.number().int().describe('Calls whose events and actions were erased.'),
  requests: z.number().int().describe('Calls by hand.'),
  messages: z.number().int().describe('Messages on poison queues.'),
  optOut: z.enum(['none', 'kept']).describe('`kept`: the number stays opted out, by its id only.'),
});
export type ErasureReceipt = z.infer<typeof ErasureReceipt>;

/**
 * Erases everything that is kept of a number, besides counts and, if it opted out, its id. What names the rest is
 * erased last, so that it can be repeated after a failure.
 * @throws NotAllowedError, before anything is erased, if the person is being called, or an operator of an outage that is
 * not over.
 */
export async function erasePerson(services: Services, number: string): Promise<ErasureReceipt> {
  const found = await findPerson(services, number);
  mustBeAtRest(found);
  const { erasure, strays, optOuts, numbers } = services;
  for (const one of found.outages) await takeOffList(services, one);
  let calls = 0;
  for (const name of found.legs) {
    if ((await erasure.leg(name)) > 0) calls++;
    await strays.forget(name);
  }
  let rejectedRows = 0;
  for (const { outage } of found.outages) rejectedRows += await erasure.rejectedRows(outage.id, mentionsOf(number));
  for (const { queue, text, remove } of found.messages) {
    await services.failures.forget(queue, asHandled(text));
    await remove();
  }
  for (const { request } of found.requests) await erasure.request(request.requestId);
  const id = services.ids.numberIdOf({ phoneNumber: { value: number } });
  await numbers.forget(id);
  const optOut = (await optOuts.dropNumber(id)) ? 'kept' : 'none';
  for (const one of found.outages) await eraseFrom(services, one, number);
  return {
    numberId: id,
    at: services.now().toISOString(),
    recipients: found.outages.filter(({ recipient }) => recipient).length,
    operatorIn: found.outages.filter(({ isOperator }) => isOperator).length,
    rejectedRows,
    calls,
    requests: found.requests.length,
    messages: found.messages.length,
    optOut,
  };
}

function mustBeAtRest({ outages, requests }: Found): void {
  const calling = outages.find(({ recipient }) => recipient && CALLING.has(recipient.recipient.phase));
  if (calling)
    throw new NotAllowedError(`Outage ${calling.outage.id} is calling this person: erase them after the call`);
  const asked = requests.find(({ request }) => request.phase !== 'done');
  if (asked)
    throw new NotAllowedError(`Request ${asked.request.requestId} is calling this number: erase it after the call`);
  const busy = outages.find(({ outage, isOperator }) => isOperator && !isOver(outage));
  if (busy) {
    throw new NotAllowedError(`The number is an operator of outage ${busy.outage.id}: erase it when that is over`);
  }
}

const CALLING: ReadonlySet<string> = new Set(['dispatched', 'dialling']);

/** Nobody who is being erased is called any more. */
async function takeOffList(services: Services, { outage, shard, recipientId }: InOutage): Promise<void> {
  await untilSaved('A recipient', async () => {
    const stored = await services.recipients.find({ ...shard, recipientId });
    if (!stored || stored.recipient.phase === 'done') return true;
    if (CALLING.has(stored.recipient.phase)) {
      throw new NotAllowedError(`Outage ${outage.id} is calling this person: erase them after the call`);
    }
    const saved = await services.recipients.save(
      { ...shard, recipientId },
      stored,
      expired(stored.recipient, services.now()),
    );
    return saved && true;
  });
}

async function eraseFrom(services: Services, one: InOutage, number: string): Promise<void> {
  const { outage, shard, recipientId } = one;
  if (one.isOperator) {
    await untilSaved(`Outage ${outage.id}`, async () => {
      const stored = await services.outages.read(outage.id);
      const operators = stored.outage.script.operators.filter((operator) => identityOf(operator) !== number);
      return services.outages.save(stored, { ...stored.outage, script: { ...stored.outage.script, operators } });
    });
  }
  if (!one.recipient) return;
  await services.erasure.endedCalls(shard, recipientId);
  await services.erasure.recipients(shard, [recipientId]);
}

/** A message as its handler got it. */
function asHandled(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
