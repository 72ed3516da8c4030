import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import { bound, claimed, concluded, expired, leaseExtended, postponed } from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { RetryPolicy } from '../../src/lib/rules/outages/retry.ts';
import type { Shard } from '../../src/lib/rules/outages/shard.ts';
import { hasLapsed, isFree, type Line, Lines, linesOf } from '../../src/lib/storage/lines.ts';
import { Recipients, type StoredRecipient } from '../../src/lib/storage/recipients.ts';
import { Tallies } from '../../src/lib/storage/tallies.ts';
import { recipientWith } from '../unit/support/memory-services.ts';
import { onEachStore } from '../unit/support/table-stores.ts';

const NOW = new Date('2026-01-05T08:00:00.000Z');
const LATER = new Date('2026-01-05T08:05:00.000Z');
const LATEST = new Date('2026-01-05T08:10:00.000Z');
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };

const phone = (value: string) => ({ phoneNumber: { value } });
const person = (number: string): Recipient => recipientWith({ identifier: phone(number) });
const someone = (index: number): Recipient => person(`+1425555${String(index).padStart(4, '0')}`);
const ANN = someone(1);

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('nothing was found');
  return value;
}

onEachStore((opened) => {
  describe('the recipients of an outage', () => {
    /** An outage of its own for each test, with one shard. */
    class List {
      readonly shard: Shard = { outageId: randomUUID(), shard: 0 };
      readonly recipients = new Recipients(opened.store);
      add(...people: Recipient[]): Promise<number> {
        return this.recipients.add(this.shard, people, () => NOW);
      }
      ref({ recipientId }: Recipient, attempt = 1): AttemptRef {
        return { ...this.shard, recipientId, attempt };
      }
      async find(recipient: Recipient): Promise<StoredRecipient> {
        return known(await this.recipients.find(this.ref(recipient)));
      }
      async waiting(limit = 100) {
        return this.recipients.due(this.shard, 'waiting', limit);
      }
      async leased(limit = 100) {
        return this.recipients.due(this.shard, 'leased', limit);
      }
      /** Ann, in the given phase. */
      async withAnn(until: 'dispatched' | 'dialling'): Promise<StoredRecipient> {
        await this.add(ANN);
        const [due] = await this.waiting();
        await this.recipients.dispatch(this.ref(ANN), known(due), LINE, LATER);
        const dispatched = await this.find(ANN);
        if (until === 'dispatched') return dispatched;
        return known(await this.recipients.save(this.ref(ANN), dispatched, claimed(dispatched.recipient, NOW)));
      }
    }

    it('are due from the time given when they are added', async () => {
      const list = new List();
      expect(await list.add(ANN)).toBe(1);
      expect(await list.waiting()).toMatchObject([{ recipientId: ANN.recipientId, at: NOW, attempt: 0 }]);
      expect(await list.leased()).toEqual([]);
      expect((await list.find(ANN)).recipient).toEqual({ ...ANN, dueRow: known((await list.waiting())[0]).rowKey });
    });

    it('are added once: existing ones stay as they are, even in a long list', async () => {
      const list = new List();
      const before = await list.withAnn('dialling');
      const people = Array.from({ length: 130 }, (_, index) => someone(index));
      expect(await list.add(...people)).toBe(129);
      expect(await list.add(...people)).toBe(0);
      expect(await list.find(ANN)).toEqual(before);
      expect(await list.waiting(500)).toHaveLength(129);
    });

    it('are due in order of time', async () => {
      const list = new List();
      for (const [index, at] of [LATEST, NOW, LATER].entries()) {
        await list.recipients.add(list.shard, [someone(index)], () => at);
      }
      expect((await list.waiting()).map(({ at }) => at)).toEqual([NOW, LATER, LATEST]);
      expect(await list.waiting(2)).toHaveLength(2);
    });

    it('are all read for a report, without their due rows', async () => {
      const list = new List();
      await list.add(someone(1), someone(2));
      const ids: string[] = [];
      for await (const { recipientId } of list.recipients.all(list.shard)) ids.push(recipientId);
      expect(ids.sort()).toEqual([someone(1).recipientId, someone(2).recipientId].sort());
    });

    it('who get a line keep one due row, which is now the lease of the attempt', async () => {
      const list = new List();
      const { recipient } = await list.withAnn('dispatched');
      expect(recipient).toMatchObject({ phase: 'dispatched', attempt: 1, line: LINE });
      expect(await list.waiting()).toEqual([]);
      expect(await list.leased()).toMatchObject([{ rowKey: recipient.dueRow, at: LATER, attempt: 1 }]);
    });

    it('get a line from only one of several processes that try at the same time', async () => {
      const list = new List();
      await list.add(ANN);
      const due = known((await list.waiting())[0]);
      const tries = [LATER, LATEST, LATER].map((until) => list.recipients.dispatch(list.ref(ANN), due, LINE, until));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect(await list.leased()).toHaveLength(1);
      expect(await list.waiting()).toEqual([]);
    });

    it('get no line from a process that read them before they were done', async () => {
      const list = new List();
      await list.add(ANN);
      const due = known((await list.waiting())[0]);
      const stored = await list.find(ANN);
      const result = { attempt: 1, outcome: 'optedOut' as const, at: NOW.toISOString() };
      const moved = known(concluded(stored.recipient, result, RetryPolicy.parse({}), NOW));
      await list.recipients.save(list.ref(ANN), stored, moved);
      expect(await list.recipients.dispatch(list.ref(ANN), due, LINE, LATER)).toBe(false);
      expect((await list.find(ANN)).recipient).toMatchObject({ phase: 'done', outcome: 'optedOut' });
    });

    it('are claimed by only one of several processes that try at the same time', async () => {
      const list = new List();
      const dispatched = await list.withAnn('dispatched');
      const tries = [1, 2, 3].map(() =>
        list.recipients.save(list.ref(ANN), dispatched, claimed(dispatched.recipient, NOW)),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect((await list.find(ANN)).recipient.phase).toBe('dialling');
    });

    it('are saved with the ETag that the next save needs', async () => {
      const list = new List();
      const dialling = await list.withAnn('dialling');
      expect(dialling).toEqual(await list.find(ANN));
      const saved = await list.recipients.save(list.ref(ANN), dialling, bound(dialling.recipient, 'leg-1'));
      expect(saved).toEqual(await list.find(ANN));
      expect(await list.recipients.save(list.ref(ANN), dialling, bound(dialling.recipient, 'leg-2'))).toBeUndefined();
    });

    it('have their due row moved together with the change, or not at all', async () => {
      const list = new List();
      const dialling = await list.withAnn('dialling');
      await list.recipients.save(list.ref(ANN), dialling, leaseExtended(dialling.recipient, LATEST));
      expect((await list.leased()).map(({ at }) => at)).toEqual([LATEST]);
      const late = list.recipients.save(list.ref(ANN), dialling, postponed(dialling.recipient, NOW));
      await expect(late).resolves.toBeUndefined();
      expect((await list.leased()).map(({ at }) => at)).toEqual([LATEST]);
      expect(await list.waiting()).toEqual([]);
    });

    it('may have their lease extended to the time it already has', async () => {
      const list = new List();
      const dialling = await list.withAnn('dialling');
      const saved = await list.recipients.save(list.ref(ANN), dialling, leaseExtended(dialling.recipient, LATER));
      expect(saved).toBeDefined();
      expect(await list.leased()).toHaveLength(1);
    });

    it('who are postponed are due again, for the same attempt', async () => {
      const list = new List();
      const dialling = await list.withAnn('dialling');
      await list.recipients.save(list.ref(ANN), dialling, postponed(dialling.recipient, LATEST));
      expect(await list.leased()).toEqual([]);
      expect(await list.waiting()).toMatchObject([{ at: LATEST, attempt: 0 }]);
      expect((await list.find(ANN)).recipient.line).toBeUndefined();
    });

    it('who are done have no due row', async () => {
      const list = new List();
      const dialling = await list.withAnn('dialling');
      const result = { attempt: 1, outcome: 'acknowledged' as const, callLegId: 'leg-1', at: NOW.toISOString() };
      const moved = known(concluded(dialling.recipient, result, RetryPolicy.parse({}), NOW));
      await list.recipients.save(list.ref(ANN), dialling, moved);
      expect([...(await list.waiting()), ...(await list.leased())]).toEqual([]);
      const { recipient } = await list.find(ANN);
      expect(recipient).toMatchObject({ phase: 'done', outcome: 'acknowledged', results: [result] });
      expect(recipient.dueRow).toBeUndefined();
    });

    it('are cancelled, many at once, except those that changed meanwhile', async () => {
      const list = new List();
      const people = Array.from({ length: 60 }, (_, index) => someone(index + 1));
      await list.add(...people);
      const { people: page } = await list.recipients.page(list.shard, '', 1000);
      const [due] = (await list.waiting()).filter(({ recipientId }) => recipientId === ANN.recipientId);
      await list.recipients.dispatch(list.ref(ANN), known(due), LINE, LATER);
      const changes = page.map((before) => ({ before, moved: expired(before.recipient, NOW) }));
      await list.recipients.endAll(list.shard, changes);
      expect(await list.waiting()).toEqual([]);
      expect((await list.leased()).map(({ recipientId }) => recipientId)).toEqual([ANN.recipientId]);
      const { people: after } = await list.recipients.page(list.shard, '', 1000);
      expect(after.filter(({ recipient }) => recipient.outcome === 'cancelled')).toHaveLength(59);
      expect((await list.find(ANN)).recipient).toMatchObject({ phase: 'dispatched' });
      const { tally } = await new Tallies(opened.store).standing(list.shard, NOW);
      expect(tally).toMatchObject({ recipients: 60, outcomes: { cancelled: 59 } });
    });

    it('can be looked up by their ids, several at once', async () => {
      const list = new List();
      const people = Array.from({ length: 6 }, (_, index) => someone(index + 1));
      const ids = people.map(({ recipientId }) => recipientId).sort();
      const there = people.filter(({ recipientId }) => ids.indexOf(recipientId) % 2 === 0);
      await list.add(...there);
      expect([...(await list.recipients.present(list.shard, ids))]).toEqual([ids[0], ids[2], ids[4]]);
      expect([...(await list.recipients.present(list.shard, ids.slice(1, 2)))]).toEqual([]);
    });

    it('who are not on the list are not found', async () => {
      await expect(new List().recipients.find(new List().ref(ANN))).resolves.toBeUndefined();
    });
  });

  describe('a line', () => {
    let last = 0;
    /** Lines of a new number for each test, because all lines are in one partition. */
    async function linesOfNewNumber(count: number) {
      last++;
      const lines = new Lines(opened.store);
      const caller = { number: `+1425555${String(last).padStart(4, '0')}`, lines: count };
      await lines.ensure([caller], await lines.list());
      const list = async (): Promise<Line[]> => linesOf([caller], await lines.list());
      return { lines, caller, list };
    }

    it('is created once for each call that a number may have, and is free', async () => {
      const { lines, caller, list } = await linesOfNewNumber(3);
      await lines.ensure([caller], []);
      await lines.ensure([caller], await lines.list());
      const made = await list();
      expect(made.map(({ number, index, holder }) => ({ number, index, holder }))).toEqual(
        [0, 1, 2].map((index) => ({ number: caller.number, index, holder: '' })),
      );
      expect(made.every((line) => isFree(line, NOW))).toBe(true);
    });

    it('that is created again keeps its holder', async () => {
      const { lines, caller, list } = await linesOfNewNumber(1);
      await lines.lease(known((await list())[0]), 'storm|ann|1', LATER, NOW);
      await lines.ensure([caller], []);
      expect((await list()).map(({ holder }) => holder)).toEqual(['storm|ann|1']);
    });

    it('is not free while it has a holder, even if its lease has ended', async () => {
      const { lines, list } = await linesOfNewNumber(1);
      await lines.lease(known((await list())[0]), 'storm|ann|1', LATER, NOW);
      const held = known((await list())[0]);
      expect(held).toMatchObject({ holder: 'storm|ann|1', leasedAt: NOW.toISOString() });
      expect([NOW, LATER].map((now) => [isFree(held, now), hasLapsed(held, now)])).toEqual([
        [false, false],
        [false, true],
      ]);
    });

    it('that is left alone for a while is free after it', async () => {
      const { lines, list } = await linesOfNewNumber(1);
      await lines.free(known((await list())[0]), LATER);
      const left = known((await list())[0]);
      expect([NOW, LATER].map((now) => isFree(left, now))).toEqual([false, true]);
    });

    it('is leased by only one of several processes that saw it free', async () => {
      const { lines, list } = await linesOfNewNumber(1);
      const free = known((await list())[0]);
      const tries = await Promise.all(['ann', 'bob', 'eve'].map((holder) => lines.lease(free, holder, LATER, NOW)));
      const won = tries.filter((held) => held !== undefined);
      expect(won).toHaveLength(1);
      expect(known((await list())[0]).etag).toBe(known(won[0]).etag);
    });

    it('can be passed on by its holder, but not by an earlier one', async () => {
      const { lines, list } = await linesOfNewNumber(1);
      const first = known(await lines.lease(known((await list())[0]), 'ann', LATER, NOW));
      const second = known(await lines.lease(first, 'bob', LATEST, NOW));
      expect(await lines.lease(first, 'eve', LATEST, NOW)).toBeUndefined();
      expect(second).toMatchObject({ lineId: first.lineId, number: first.number });
      expect((await list()).map(({ holder }) => holder)).toEqual(['bob']);
    });

    it('is freed by its holder, but not by an earlier one', async () => {
      const { lines, list } = await linesOfNewNumber(1);
      const first = known(await lines.lease(known((await list())[0]), 'ann', LATER, NOW));
      const second = known(await lines.lease(first, 'bob', LATER, NOW));
      await lines.free(first, NOW);
      expect(isFree(known((await list())[0]), NOW)).toBe(false);
      await lines.free(second, NOW);
      expect((await list()).map((line) => [line.holder, isFree(line, NOW)])).toEqual([['', true]]);
    });

    it('beyond the number of lines that an outage may use does not belong to the outage', async () => {
      const { lines, caller } = await linesOfNewNumber(3);
      const mine = linesOf([{ ...caller, lines: 2 }], await lines.list());
      expect(mine.map(({ index }) => index)).toEqual([0, 1]);
    });
  });
});
