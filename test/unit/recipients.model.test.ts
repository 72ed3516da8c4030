import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import {
  bound,
  claimed,
  concluded,
  expired,
  leaseExtended,
  type Moved,
  postponed,
} from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { RetryPolicy } from '../../src/lib/rules/outages/retry.ts';
import { sumOf, tallyOf } from '../../src/lib/rules/outages/tally.ts';
import { type DueRow, Recipients, type StoredRecipient } from '../../src/lib/storage/recipients.ts';
import { startingWith } from '../../src/lib/storage/table-store.ts';
import { Tallies } from '../../src/lib/storage/tallies.ts';
import { recipientWith } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const SHARD = { outageId: 'storm', shard: 0 };
const PEOPLE = ['+14255550121', '+14255550122'].map((value) =>
  recipientWith({ identifier: { phoneNumber: { value } } }),
);
const START = new Date('2026-01-05T08:00:00.000Z').getTime();
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };
const policy = RetryPolicy.parse({ delaySeconds: { busy: 0, noAnswer: 1, failed: 2, unknown: 0 } });

/** `old`: the step uses what was read this many steps ago, like a slow process. `who`: which of the two people. */
const Step = fc.record({
  what: fc.constantFrom(
    'add',
    'dispatch',
    'claim',
    'bind',
    'extend',
    'postpone',
    'expire',
    'conclude',
    'conclude',
    'fold',
  ),
  who: fc.nat(1),
  old: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }),
  outcome: fc.constantFrom(...Outcome.options),
  later: fc.nat(3),
});
type Step = typeof Step extends fc.Arbitrary<infer Value> ? Value : never;

/** What the acting process has read. */
type Read = { readonly stored: StoredRecipient | undefined; readonly due: DueRow | undefined };

/** The recipient after a step; undefined if its phase does not allow the step. */
function changeOf({ what, outcome, later }: Step, recipient: Recipient, now: Date): Moved | undefined {
  const until = new Date(now.getTime() + later * 1000);
  const isUnderWay = recipient.phase === 'dispatched' || recipient.phase === 'dialling';
  const changes: Readonly<Record<string, () => Moved | undefined>> = {
    claim: () => (recipient.phase === 'dispatched' ? claimed(recipient, new Date(0)) : undefined),
    bind: () => (recipient.phase === 'dialling' ? bound(recipient, 'leg-1') : undefined),
    extend: () => (isUnderWay ? leaseExtended(recipient, until) : undefined),
    postpone: () => (isUnderWay ? postponed(recipient, until) : undefined),
    expire: () => (recipient.phase === 'waiting' ? expired(recipient, now) : undefined),
    conclude: () =>
      recipient.attempt > 0
        ? concluded(recipient, { attempt: recipient.attempt, outcome, at: now.toISOString() }, policy, now)
        : undefined,
  };
  return changes[what]?.();
}

/** A shard of an outage, with everything that was read from it. */
class Shard {
  readonly tables = new MemoryTables();
  readonly recipients = new Recipients(this.tables);
  readonly tallies = new Tallies(this.tables);
  readonly #reads: Read[][] = PEOPLE.map(() => []);
  #now = START;

  async take(step: Step): Promise<void> {
    this.#now += 1;
    const now = new Date(this.#now);
    const person = PEOPLE[step.who];
    const read = this.#reads[step.who]?.at(-1 - step.old);
    if (!person) return;
    const place = { ...SHARD, recipientId: person.recipientId };
    if (step.what === 'add') await this.recipients.add(SHARD, PEOPLE, () => now);
    if (step.what === 'dispatch' && read?.due) {
      const until = new Date(this.#now + step.later * 1000);
      await this.recipients.dispatch({ ...place, attempt: read.due.attempt + 1 }, read.due, LINE, until);
    }
    if (step.what === 'fold') await this.tallies.fold(SHARD);
    const moved = read?.stored && changeOf(step, read.stored.recipient, now);
    if (read?.stored && moved) await this.recipients.save(place, read.stored, moved);
    await this.#look();
  }

  async #look(): Promise<void> {
    const waiting = await this.recipients.due(SHARD, 'waiting', 100);
    for (const [who, { recipientId }] of PEOPLE.entries()) {
      this.#reads[who]?.push({
        stored: await this.recipients.find({ ...SHARD, recipientId }),
        due: waiting.find((row) => row.recipientId === recipientId),
      });
    }
  }

  /** The keys of a recipient's due rows, found by a query and not by the recipient's row. */
  async dueRowsOf({ recipientId }: Recipient): Promise<string[]> {
    const rows = await this.tables.query('Recipients', 'storm|0', startingWith('due|'), 100);
    return rows.map(({ rowKey }) => rowKey).filter((key) => key.endsWith(`|${recipientId}`));
  }

  /** A recipient without an outcome has exactly one due row, of the right kind; one with an outcome has none. */
  async holds(): Promise<void> {
    for (const person of PEOPLE) {
      const stored = await this.recipients.find({ ...SHARD, recipientId: person.recipientId });
      const keys = await this.dueRowsOf(person);
      if (!stored) {
        expect(keys).toEqual([]);
        continue;
      }
      const { outcome, dueRow, phase } = stored.recipient;
      expect(keys).toEqual(outcome === undefined ? [dueRow] : []);
      const kind = { waiting: 'waiting', dispatched: 'leased', dialling: 'leased', done: undefined }[phase];
      expect(keys.map((key) => key.split('|')[1])).toEqual(kind === undefined ? [] : [kind]);
    }
  }
}

/** The tallies, folded or not, are equal to a count of the list. */
async function countsAreTrue({ recipients, tallies }: Shard): Promise<void> {
  const people: Recipient[] = [];
  for await (const recipient of recipients.all(SHARD)) people.push(recipient);
  const { tally, calling } = await tallies.standing(SHARD, new Date(0));
  expect(tally).toEqual(sumOf(people.map(tallyOf)));
  expect(calling).toBe(people.filter(({ phase }) => phase === 'dispatched' || phase === 'dialling').length);
}

describe('after any changes to recipients, however stale the rows they are based on,', () => {
  it('everybody without an outcome has exactly one due row, and everybody with one has none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { maxLength: 40 }), async (steps) => {
        const shard = new Shard();
        await shard.take({ what: 'add', who: 0, old: 0, outcome: 'busy', later: 0 });
        for (const step of steps) {
          await shard.take(step);
          await shard.holds();
          await countsAreTrue(shard);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('the same holds if several processes act at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(Step, { minLength: 2, maxLength: 4 }), { maxLength: 10 }), async (rounds) => {
        const shard = new Shard();
        await shard.take({ what: 'add', who: 0, old: 0, outcome: 'busy', later: 0 });
        for (const round of rounds) {
          await Promise.all(round.map((step) => shard.take(step)));
          await shard.holds();
          await countsAreTrue(shard);
        }
      }),
      { numRuns: 100 },
    );
  });
});
