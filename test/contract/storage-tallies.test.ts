import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import { concluded } from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { RetryPolicy } from '../../src/lib/rules/outages/retry.ts';
import { NOTHING, sumOf, tallyOf } from '../../src/lib/rules/outages/tally.ts';
import { EndedCalls } from '../../src/lib/storage/ended-calls.ts';
import { Recipients } from '../../src/lib/storage/recipients.ts';
import { ANY, startingWith } from '../../src/lib/storage/table-store.ts';
import { Tallies } from '../../src/lib/storage/tallies.ts';
import { recipientWith } from '../unit/support/memory-services.ts';
import { onEachStore } from '../unit/support/table-stores.ts';

const NOW = new Date('2026-01-05T08:00:30.000Z');
const LONG_AGO = new Date(0);
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };
const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

const someone = (index: number): Recipient =>
  recipientWith({
    identifier: { phoneNumber: { value: `+1425555${String(index).padStart(4, '0')}` } },
    name: `N${index}`,
  });
const people = (count: number): Recipient[] => Array.from({ length: count }, (_, index) => someone(index));

onEachStore((opened) => {
  /** A new outage with one shard for each test. */
  class List {
    readonly shard = { outageId: randomUUID(), shard: 0 };
    readonly recipients = new Recipients(opened.store);
    readonly tallies = new Tallies(opened.store);
    readonly endedCalls = new EndedCalls(opened.store);

    add(these: readonly Recipient[]): Promise<number> {
      return this.recipients.add(this.shard, these, () => NOW);
    }

    async dispatch({ recipientId }: Recipient): Promise<void> {
      const waiting = await this.recipients.due(this.shard, 'waiting', 1000);
      const due = waiting.find((row) => row.recipientId === recipientId);
      if (!due) throw new Error('the recipient is not waiting');
      await this.recipients.dispatch(
        { ...this.shard, recipientId, attempt: due.attempt + 1 },
        due,
        LINE,
        minutesLater(60),
      );
    }

    async ends({ recipientId }: Recipient, outcome: Outcome, at: Date, attempt = 1): Promise<void> {
      const place = { ...this.shard, recipientId };
      const stored = await this.recipients.find(place);
      const result = { attempt, outcome, callLegId: `leg-${attempt}`, at: at.toISOString() };
      const moved = stored && concluded(stored.recipient, result, RetryPolicy.parse({}), at);
      if (!stored || !moved) throw new Error('nothing changed');
      expect(await this.recipients.save(place, stored, moved)).toBeDefined();
    }

    async fold(): Promise<number> {
      let folds = 0;
      while (await this.tallies.fold(this.shard)) folds++;
      return folds;
    }

    /** The tally, counted from the list itself. */
    async listed() {
      const all: Recipient[] = [];
      for await (const recipient of this.recipients.all(this.shard)) all.push(recipient);
      return sumOf(all.map(tallyOf));
    }

    standing(since = LONG_AGO) {
      return this.tallies.standing(this.shard, since);
    }
  }

  describe('the counts of an outage', () => {
    it('are zero if nobody is on the list', async () => {
      const list = new List();
      expect(await list.standing()).toEqual({ tally: NOTHING, calling: 0 });
      expect(await list.fold()).toBe(0);
    });

    it('are exact as soon as people are added, even if they are added twice', async () => {
      const list = new List();
      await list.add(people(120));
      await list.add(people(130));
      expect(await list.standing()).toEqual({ tally: { ...NOTHING, recipients: 130 }, calling: 0 });
    });

    it('show at one moment who is being called and who is done', async () => {
      const list = new List();
      const [ann, bob] = [someone(1), someone(2)];
      await list.add([ann, bob, someone(3)]);
      await list.dispatch(ann);
      await list.dispatch(bob);
      await list.ends(bob, 'heard', NOW);
      expect(await list.standing()).toMatchObject({
        tally: { recipients: 3, attempts: 1, outcomes: { heard: 1 } },
        calling: 1,
      });
    });

    it('are the same before and after a fold, and no change is added twice', async () => {
      const list = new List();
      await list.add(people(60));
      for (const person of people(52)) {
        await list.dispatch(person);
        await list.ends(person, 'busy', minutesLater(Number(person.name?.slice(1)) % 3));
      }
      const before = await list.standing();
      expect(before.tally).toEqual(await list.listed());
      const folds = await Promise.all([list.fold(), list.fold(), list.fold()]);
      expect(Math.max(...folds)).toBeGreaterThanOrEqual(1);
      while (await list.tallies.fold(list.shard));
      expect(await list.standing()).toEqual(before);
      expect(await list.tallies.minutes(list.shard)).toEqual(before.tally.minutes);
      await list.dispatch(someone(55));
      await list.ends(someone(55), 'acknowledged', minutesLater(1));
      while (await list.tallies.fold(list.shard));
      expect((await list.standing()).tally).toEqual(await list.listed());
    });

    it('go on beside sums and changes that only another version can read', async () => {
      const list = new List();
      const [minute, partition] = ['2026-01-05T08:00:00.000Z', `${list.shard.outageId}|0`];
      const counted = { recipients: 'five', attempts: 0, outcomesJson: '{"busy":2}', minutesJson: '{}' };
      const unreadable = Array.from({ length: 60 }, (_, index) => `count|change|0${index}`);
      await opened.store.commit('Recipients', partition, [
        { kind: 'insert', rowKey: 'count|all', columns: counted },
        { kind: 'insert', rowKey: `activity|${minute}`, columns: { ended: 'many', answered: 1 } },
        ...unreadable.map((rowKey) => ({ kind: 'insert', rowKey, columns: counted }) as const),
      ]);
      await list.add(people(3));
      for (const person of people(2)) {
        await list.dispatch(person);
        await list.ends(person, 'heard', NOW);
        while (await list.tallies.fold(list.shard));
      }
      expect((await list.standing()).tally).toEqual(await list.listed());
      const left = await opened.store.query('Recipients', partition, startingWith('count|change|'), 100);
      expect(left.map(({ rowKey }) => rowKey)).toEqual(unreadable.sort());
      // Once the other version has mended its rows, each is added to what was counted beside it.
      await opened.store.commit('Recipients', partition, [
        { kind: 'merge', rowKey: 'count|all', columns: { recipients: 5 }, etag: ANY },
        { kind: 'merge', rowKey: `activity|${minute}`, columns: { ended: 4 }, etag: ANY },
      ]);
      while (await list.tallies.fold(list.shard));
      expect((await list.standing()).tally).toMatchObject({
        recipients: 8,
        outcomes: { heard: 2, busy: 2 },
        minutes: { [minute]: { ended: 6, answered: 3 } },
      });
    });

    it('follow somebody who is held back again and again between two folds', async () => {
      const list = new List();
      const ann = someone(1);
      await list.add([ann]);
      const place = { ...list.shard, recipientId: ann.recipientId };
      const held = { until: minutesLater(1).toISOString(), because: 'tooSoon' } as const;
      for (const heldBack of [held, undefined, held, undefined, held]) {
        const stored = await list.recipients.find(place);
        if (!stored) throw new Error('she has gone');
        const moved = { recipient: { ...stored.recipient, heldBack }, due: 'unchanged' } as const;
        expect(await list.recipients.save(place, stored, moved)).toBeDefined();
        expect((await list.standing()).tally).toEqual(await list.listed());
      }
      await list.fold();
      expect((await list.standing()).tally.heldBack).toEqual({ tooSoon: 1 });
    });

    it('have the requested minutes', async () => {
      const list = new List();
      await list.add(people(2));
      for (const [index, person] of people(2).entries()) {
        await list.dispatch(person);
        await list.ends(person, 'heard', minutesLater(10 * index));
      }
      await list.fold();
      expect(Object.keys((await list.standing(minutesLater(5))).tally.minutes)).toEqual(['2026-01-05T08:10:00.000Z']);
      expect(await list.tallies.minutes(list.shard)).toEqual({
        '2026-01-05T08:00:00.000Z': { ended: 1, answered: 1 },
        '2026-01-05T08:10:00.000Z': { ended: 1, answered: 1 },
      });
    });
  });

  describe('the calls that ended', () => {
    it('are listed the latest first, with their recipients', async () => {
      const list = new List();
      await list.add(people(3));
      for (const [index, person] of people(3).entries()) {
        await list.dispatch(person);
        await list.ends(person, 'heard', minutesLater(index));
      }
      const latest = await list.endedCalls.latest(list.shard, 2);
      expect(latest.map(({ name, at }) => [name, at])).toEqual([
        ['N2', minutesLater(2).toISOString()],
        ['N1', minutesLater(1).toISOString()],
      ]);
      expect(latest[0]).toMatchObject({
        identifier: someone(2).identifier,
        attempt: 1,
        outcome: 'heard',
        callLegId: 'leg-1',
      });
    });

    it('are listed once each, with the best known result', async () => {
      const list = new List();
      await list.add([someone(1)]);
      await list.dispatch(someone(1));
      await list.ends(someone(1), 'unknown', NOW);
      await list.ends(someone(1), 'acknowledged', minutesLater(5));
      expect(await list.endedCalls.latest(list.shard, 10)).toMatchObject([
        { outcome: 'acknowledged', at: NOW.toISOString() },
      ]);
      expect((await list.standing()).tally).toEqual(await list.listed());
    });
  });

  it('recipients are read page by page, each once', async () => {
    const list = new List();
    await list.add(people(7));
    const ids: string[] = [];
    for (;;) {
      const { people: page } = await list.recipients.page(list.shard, ids.at(-1) ?? '', 3);
      if (page.length === 0) break;
      ids.push(...page.map(({ recipient }) => recipient.recipientId));
    }
    expect(ids).toEqual(
      people(7)
        .map(({ recipientId }) => recipientId)
        .sort(),
    );
  });
});
