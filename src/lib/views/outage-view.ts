import { z } from 'zod';
import { Outcome } from '../rules/calls/outcome.ts';
import { HeldBecause } from '../rules/number-limits.ts';
import { unusedCallers, usableCallers } from '../rules/outages/callers.ts';
import { Forecast, forecast, latelySince } from '../rules/outages/forecast.ts';
import { allowedActions, isCalling, OutageAction } from '../rules/outages/lifecycle.ts';
import { Caller, Outage, OutageSpec } from '../rules/outages/outage.ts';
import { mayCallLater, pausedBecause, shownState } from '../rules/outages/resting.ts';
import { shardsOf } from '../rules/outages/shard.ts';
import { doneIn, sumOf, type Tally } from '../rules/outages/tally.ts';
import type { Services } from '../services/services.ts';

/** An outage in a list. */
export const OutageEntry = Outage.pick({
  id: true,
  title: true,
  urgency: true,
  state: true,
  createdAt: true,
  startAt: true,
  startedAt: true,
  finishedAt: true,
  allClearFor: true,
  allClearBy: true,
})
  .extend({
    pausedBecause: z
      .string()
      .optional()
      .describe(
        'Why the outage is `paused` although nobody paused it: each of its caller numbers rests (`resume` ends that), or the setting `CALLER_NUMBERS` no longer names it.',
      ),
  })
  .strip();
export type OutageEntry = z.infer<typeof OutageEntry>;

/** An outage as it was declared, with all defaults. */
export const DeclaredOutage = OutageSpec.extend({ ...OutageEntry.shape, callers: Outage.shape.callers }).strip();

/** `calling`: the recipient has a line. `done`: the recipient has an outcome. */
export const RecipientState = z.enum(['waiting', 'calling', 'done']);
export type RecipientState = z.infer<typeof RecipientState>;

const Count = z.number().int().nonnegative();

/** An outage with its counts and forecast. */
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
    resting: true,
    spendHold: true,
  }).shape,
).extend({
  actions: z.array(OutageAction).describe('The actions that are allowed now.'),
  recipients: Count.describe('The number of people on the list.'),
  states: z.object({ waiting: Count, calling: Count, done: Count }).describe('The number of recipients in each state.'),
  outcomes: z
    .partialRecord(Outcome, Count)
    .describe('The number of recipients with each outcome; outcomes that did not occur are absent.'),
  heldBack: z
    .partialRecord(HeldBecause, Count)
    .describe('The number of recipients who wait because of a limit, by the limit; empty if none does.'),
  attempts: Count.describe('The number of calls that ended.'),
  callsInFlight: Count.describe('The number of calls in progress, including those that are about to be placed.'),
  lines: Count.describe('The number of calls that may be in progress at the same time.'),
  unusedCallers: z
    .array(Caller)
    .optional()
    .describe(
      'The lines of `callers` that are not used because the setting `CALLER_NUMBERS` does not name them any more. Change `callers`, or the setting.',
    ),
  waitsForList: z
    .boolean()
    .describe('Nobody is on the list yet: the outage waits for people, until `expiresAt` if there is one.'),
  forecast: Forecast.optional().describe('The end of the outage at its recent pace; absent if the pace is not known.'),
});
export type OutageView = z.infer<typeof OutageView>;

/** All outages, newest first. One request for each thousand. */
export async function listOutages({ outages, settings }: Services): Promise<OutageEntry[]> {
  const all = (await outages.list()).map((outage) => OutageEntry.parse({ ...outage, ...shown(settings, outage) }));
  return all.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id));
}

/** What people see of the state. */
function shown({ callers: ours }: Services['settings'], outage: Outage) {
  const usable = { ...outage, callers: usableCallers(outage.callers, ours) };
  const unused = mayCallLater(outage) ? unusedCallers(outage.callers, ours) : [];
  return {
    state: shownState(usable),
    pausedBecause: pausedBecause(usable),
    resting: mayCallLater(outage) ? outage.resting : undefined,
    unusedCallers: unused.length > 0 ? unused : undefined,
    lines: linesFor(usable),
  };
}

/** One request per shard: reads the counts, not the list. */
export async function viewOutage({ tallies, now, settings }: Services, outage: Outage): Promise<OutageView> {
  const time = now();
  const shards = await Promise.all(shardsOf(outage).map((shard) => tallies.standing(shard, latelySince(time))));
  const tally = sumOf(shards.map((shard) => shard.tally));
  const calling = shards.reduce((sum, shard) => sum + shard.calling, 0);
  const seen = shown(settings, outage);
  const { recipients, attempts, outcomes, heldBack } = tally;
  const done = doneIn(tally);
  return OutageView.parse({
    ...outage,
    ...seen,
    actions: allowedActions(outage),
    recipients,
    states: { waiting: Math.max(0, recipients - done - calling), calling, done },
    outcomes,
    heldBack: positive(heldBack),
    attempts,
    callsInFlight: calling,
    waitsForList: recipients === 0 && outage.allClearFor === undefined && isCalling(outage, time),
    forecast:
      seen.state === 'running' ? forecast({ ...pacedBy(outage), tally, calling, lines: seen.lines }, time) : undefined,
  });
}

/** An earlier version of the app drops some of these changes when it folds them, so that a sum may be below 0. */
const positive = (counts: Tally['heldBack']) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

const pacedBy = ({ startedAt, expiresAt }: Outage) => ({ startedAt, expiresAt });

/** How many calls of an outage may be in progress at the same time. */
export function linesFor({ callers, maxConcurrentCalls }: Pick<Outage, 'callers' | 'maxConcurrentCalls'>): number {
  const lines = callers.reduce((sum, caller) => sum + caller.lines, 0);
  return Math.min(lines, maxConcurrentCalls ?? lines);
}
