import { z } from 'zod';
import { Outcome } from '../rules/calls/outcome.ts';
import { Forecast, forecast, latelySince } from '../rules/outages/forecast.ts';
import { allowedActions, OutageAction } from '../rules/outages/lifecycle.ts';
import { Outage, OutageSpec } from '../rules/outages/outage.ts';
import { shardsOf } from '../rules/outages/shard.ts';
import { doneIn, sumOf } from '../rules/outages/tally.ts';
import type { Services } from '../services/services.ts';

/** An outage, as people see it in a list. */
export const OutageEntry = Outage.pick({
  id: true,
  title: true,
  state: true,
  createdAt: true,
  startAt: true,
  startedAt: true,
  finishedAt: true,
  allClearFor: true,
  allClearBy: true,
}).strip();
export type OutageEntry = z.infer<typeof OutageEntry>;

/** An outage as it was declared, with what was filled in. */
export const DeclaredOutage = OutageSpec.extend({ ...OutageEntry.shape, callers: Outage.shape.callers }).strip();

/** A recipient's place: `calling` from the moment they are given a line; `done` with an outcome. */
export const RecipientState = z.enum(['waiting', 'calling', 'done']);
export type RecipientState = z.infer<typeof RecipientState>;

const Count = z.number().int().nonnegative();

/** How an outage stands. */
export const OutageView = OutageEntry.extend(
  Outage.pick({
    expiresAt: true,
    estimate: true,
    script: true,
    callers: true,
    maxConcurrentCalls: true,
    quietHours: true,
    retry: true,
    defaultCountry: true,
  }).shape,
).extend({
  actions: z.array(OutageAction).describe('What can be done with it now.'),
  recipients: Count.describe('People on its list.'),
  states: z.object({ waiting: Count, calling: Count, done: Count }).describe('Where they are.'),
  outcomes: z.partialRecord(Outcome, Count).describe('How those who are done ended; only what occurs.'),
  attempts: Count.describe('Calls that ended.'),
  callsInFlight: Count.describe('Calls that are in progress or about to be.'),
  lines: Count.describe('Calls that it may have at once.'),
  forecast: Forecast.optional().describe(
    'When it will end, if it goes on as it did lately; absent while that cannot be told.',
  ),
});
export type OutageView = z.infer<typeof OutageView>;

/** Every outage there is, the newest first. A request for each thousand. */
export async function listOutages({ outages }: Services): Promise<OutageEntry[]> {
  const all = (await outages.list()).map((outage) => OutageEntry.parse(outage));
  return all.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id));
}

/** Counts without reading the list: one request a shard. */
export async function viewOutage({ tallies, now }: Services, outage: Outage): Promise<OutageView> {
  const time = now();
  const shards = await Promise.all(shardsOf(outage).map((shard) => tallies.standing(shard, latelySince(time))));
  const tally = sumOf(shards.map((shard) => shard.tally));
  const calling = shards.reduce((sum, shard) => sum + shard.calling, 0);
  const lines = linesFor(outage);
  const { recipients, attempts, outcomes } = tally;
  const done = doneIn(tally);
  return OutageView.parse({
    ...outage,
    actions: allowedActions(outage),
    recipients,
    states: { waiting: Math.max(0, recipients - done - calling), calling, done },
    outcomes,
    attempts,
    callsInFlight: calling,
    lines,
    forecast: outage.state === 'running' ? forecast({ ...pacedBy(outage), tally, calling, lines }, time) : undefined,
  });
}

const pacedBy = ({ startedAt, expiresAt }: Outage) => ({ startedAt, expiresAt });

/** How many calls an outage may have at once. */
export function linesFor({ callers, maxConcurrentCalls }: Pick<Outage, 'callers' | 'maxConcurrentCalls'>): number {
  const lines = callers.reduce((sum, caller) => sum + caller.lines, 0);
  return Math.min(lines, maxConcurrentCalls ?? lines);
}
