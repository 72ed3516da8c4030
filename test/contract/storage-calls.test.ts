import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NotFoundError, StorageError } from '../../src/lib/base/errors.ts';
import { newCallLeg } from '../../src/lib/rules/calls/leg.ts';
import { CallLegs } from '../../src/lib/storage/call-legs.ts';
import { type CallRequest, CallRequests } from '../../src/lib/storage/call-requests.ts';
import { OptOuts } from '../../src/lib/storage/opt-outs.ts';
import { Outages } from '../../src/lib/storage/outages.ts';
import { ANY } from '../../src/lib/storage/table-store.ts';
import { IDS, numberIdOf } from '../fixtures/ids.ts';
import { outageWith, recipientWith } from '../unit/support/memory-services.ts';
import { onEachStore } from '../unit/support/table-stores.ts';
import { audioEnded, established, LEG, tone } from '../unit/support/telephone-events.ts';

const NOW = new Date('2026-01-05T08:00:00.000Z');
const LATER = new Date('2026-01-05T08:05:00.000Z');
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };

const phone = (value: string) => ({ phoneNumber: { value } });
const ANN = recipientWith();

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('nothing was found');
  return value;
}

onEachStore((opened) => {
  describe('a call leg', () => {
    const purpose = { kind: 'request', requestId: 'by-hand' } as const;
    const event = established;

    /** A leg of its own for each test. Its events say `leg-1`; the leg’s row says where they belong. */
    function aLeg(id: string = randomUUID()) {
      return { legs: new CallLegs(opened.store, IDS.digestOf), leg: newCallLeg(id, purpose, NOW), id };
    }
    const hangUp = (callLegId: string) =>
      ({ queue: 'hang-up', message: { callLegId, operationContext: 'hang-up-1' }, delaySeconds: 5 }) as const;

    it('that does not exist is not found', async () => {
      const { legs, id } = aLeg();
      await expect(legs.find(id)).resolves.toBeUndefined();
      await expect(legs.timeline(id)).resolves.toEqual({ leg: undefined, events: [], actions: [] });
    });

    it('is recorded with its event and the actions that the event requires', async () => {
      const { legs, leg, id } = aLeg();
      expect(await legs.record(undefined, event, leg, [hangUp(id)], NOW)).toBe(true);
      expect((await legs.find(id))?.leg).toEqual(leg);
      expect(await legs.actionsOf(id, event)).toEqual([hangUp(id)]);
      expect(await legs.actionsOf(id, tone('1'))).toBeUndefined();
    });

    it('is changed without a read by the instance that wrote it last, and not by another one', async () => {
      const { legs, leg, id } = aLeg();
      const elsewhere = new CallLegs(opened.store, IDS.digestOf);
      await legs.record(undefined, event, leg, [], NOW);
      expect(elsewhere.hint(id)).toBeUndefined();
      expect(await legs.record(known(legs.hint(id)), tone('1'), { ...leg, plays: 1 }, [], NOW)).toBe(true);
      await elsewhere.save(await elsewhere.find(id), { ...leg, plays: 2 });
      expect(await legs.record(known(legs.hint(id)), tone('2'), { ...leg, plays: 3 }, [], NOW)).toBe(false);
      expect((await legs.find(id))?.leg.plays).toBe(2);
    });

    it('records an event once: a redelivery changes nothing and returns the first actions', async () => {
      const { legs, leg, id } = aLeg();
      await legs.record(undefined, event, leg, [hangUp(id)], NOW);
      const stored = known(await legs.find(id));
      expect(await legs.record(stored, event, { ...leg, plays: 9 }, [], NOW)).toBe(false);
      expect(await legs.find(id)).toEqual(stored);
      expect(await legs.actionsOf(id, event)).toEqual([hangUp(id)]);
    });

    it('accepts one of two events that were decided on the same version; the other must decide again', async () => {
      const { legs, leg, id } = aLeg();
      await legs.record(undefined, event, leg, [], NOW);
      const stored = known(await legs.find(id));
      const tries = [tone('1', 1), tone('2', 2)].map((pressed) =>
        legs.record(stored, pressed, { ...leg, plays: pressed.data.toneInfo.sequenceId }, [], NOW),
      );
      const won = await Promise.all(tries);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await legs.timeline(id)).events.map(({ type }) => type).sort()).toEqual([
        'CallLegStateChanged',
        'DtmfReceived',
      ]);
      expect((await legs.find(id))?.leg.plays).toBe(won[0] ? 1 : 2);
    });

    it('records only one of two first events', async () => {
      const { legs, leg, id } = aLeg();
      const tries = [event, tone('1')].map((first) => legs.record(undefined, first, leg, [], NOW));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect((await legs.timeline(id)).events).toHaveLength(1);
    });

    it.each([LEG, 'a/b\\c#d?e', '100%', '50!', 'ä ö', "o'hara"])('can have the id %s', async (strange) => {
      const { legs, leg, id } = aLeg(`${randomUUID()} ${strange}`);
      expect(await legs.record(undefined, event, leg, [], NOW)).toBe(true);
      expect((await legs.find(id))?.leg.callLegId).toBe(id);
      expect(await legs.claimAction(id, strange, 'hang-up', NOW)).toBe(true);
      expect(await legs.claimAction(id, strange, 'hang-up', NOW)).toBe(false);
    });

    it('is not confused with a leg that has a similar id', async () => {
      const legs = new CallLegs(opened.store, IDS.digestOf);
      const prefix = randomUUID();
      const alike = ['a/b', 'a!2Fb', 'a%2Fb', 'a!b', 'a b'].map((id) => `${prefix} ${id}`);
      for (const id of alike) expect(await legs.claimAction(id, 'hang-up-1', 'hang-up', NOW)).toBe(true);
    });

    it('has an action claimed by only one of several processes that try', async () => {
      const { legs, id } = aLeg();
      const tries = [1, 2, 3].map(() => legs.claimAction(id, 'message-1', 'play-audio', NOW));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect(await legs.claimAction(id, 'message-2', 'play-audio', NOW)).toBe(true);
    });

    it('has an action claimed again after its claim was released', async () => {
      const { legs, id } = aLeg();
      await legs.claimAction(id, 'message-1', 'play-audio', NOW);
      await legs.releaseAction(id, 'message-1');
      expect(await legs.claimAction(id, 'message-1', 'play-audio', NOW)).toBe(true);
    });

    it('keeps why an action was not done, and does not ask for it again', async () => {
      const { legs, id } = aLeg();
      await legs.claimAction(id, 'message-1', 'play-audio', NOW);
      await legs.settleAction(id, 'message-1', { status: 'superseded', reason: 'the call is over (8522)' });
      expect(await legs.claimAction(id, 'message-1', 'play-audio', NOW)).toBe(false);
      expect((await legs.timeline(id)).actions).toEqual([
        {
          operationContext: 'message-1',
          action: 'play-audio',
          at: NOW.toISOString(),
          status: 'superseded',
          reason: 'the call is over (8522)',
        },
      ]);
    });

    it('has an abandoned claim taken over by only one of several processes', async () => {
      const { legs, id } = aLeg();
      await legs.claimAction(id, 'message-1', 'play-audio', NOW);
      const claim = known(await legs.findAction(id, 'message-1'));
      expect(claim.action).toMatchObject({ status: 'asked', at: NOW.toISOString() });
      const tries = [1, 2].map(() => legs.reclaimAction(id, claim, LATER));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect((await legs.findAction(id, 'message-1'))?.action.at).toBe(LATER.toISOString());
    });

    it('counts as gone once a hang-up has found no call to end', async () => {
      const { legs, leg, id } = aLeg();
      expect(await legs.examine(id)).toMatchObject({ stored: undefined, isGone: false });
      await legs.record(undefined, event, leg, [], NOW);
      const hungUp = { operationContext: 'hang-up-3', action: 'hang-up', at: NOW.toISOString() } as const;
      await legs.keepAction(id, { ...hungUp, status: 'done' });
      expect(await legs.examine(id)).toMatchObject({ stored: await legs.find(id), isGone: false });
      await legs.keepAction(id, { ...hungUp, status: 'superseded', reason: 'there is no call to end' });
      expect((await legs.examine(id)).isGone).toBe(true);
    });

    it('keeps what only another version knows of an action that is recorded again, and no old reason', async () => {
      const { legs, id } = aLeg();
      const hungUp = { operationContext: 'hang-up-3', action: 'hang-up', at: NOW.toISOString() } as const;
      await legs.keepAction(id, { ...hungUp, status: 'superseded', reason: 'there is no call to end' });
      const rowKey = 'action|hang-up-3';
      await opened.store.commit('CallLegs', id, [
        { kind: 'merge', rowKey, columns: { nextVersion: 'column' }, etag: ANY },
      ]);
      await legs.keepAction(id, { ...hungUp, status: 'done' });
      expect((await legs.findAction(id, 'hang-up-3'))?.action).toEqual({ ...hungUp, status: 'done' });
      expect((await opened.store.get('CallLegs', id, rowKey))?.columns['nextVersion']).toBe('column');
    });

    it('is not closed if an event was recorded meanwhile', async () => {
      const { legs, leg, id } = aLeg();
      expect(await legs.save(undefined, leg)).toBe(true);
      expect(await legs.save(undefined, leg)).toBe(false);
      const read = known(await legs.find(id));
      await legs.record(read, event, { ...leg, plays: 1 }, [], NOW);
      expect(await legs.save(read, { ...leg, stage: 'ended' })).toBe(false);
      expect((await legs.find(id))?.leg).toMatchObject({ plays: 1, stage: 'ringing' });
    });

    it('of more than a thousand events is read whole: its own row sorts last', async () => {
      const { legs, leg, id } = aLeg();
      await legs.record(undefined, event, leg, [], NOW);
      const tones = Array.from({ length: 1_010 }, (_, index) => tone('1', index + 1));
      for (let start = 0; start < tones.length; start += 10) {
        await Promise.all(tones.slice(start, start + 10).map((pressed) => legs.keep(id, pressed, NOW)));
      }
      expect((await legs.examine(id)).stored?.leg).toEqual(leg);
      const timeline = await legs.timeline(id);
      expect([timeline.leg, timeline.events.length]).toEqual([leg, 1_011]);
    });

    it('has a timeline in the order in which the app learned of it', async () => {
      const { legs, leg, id } = aLeg();
      const received = [tone('9', 3), event, audioEnded('completed', 'message-1')];
      for (const [index, heard] of received.entries()) {
        const at = new Date(NOW.getTime() + index);
        await legs.record(await legs.find(id), heard, leg, [], at);
        await legs.claimAction(id, `${'zyx'.charAt(index)}-${index}`, 'play-audio', at);
      }
      const timeline = await legs.timeline(id);
      expect(timeline.leg).toEqual(leg);
      expect(timeline.events.map(({ type }) => type)).toEqual([
        'DtmfReceived',
        'CallLegStateChanged',
        'PlayAudioResult',
      ]);
      expect(timeline.events.map(({ data }) => data)).toEqual(received.map(({ data }) => data));
      expect(timeline.actions.map(({ operationContext }) => operationContext)).toEqual(['z-0', 'y-1', 'x-2']);
    });
  });

  describe('a call requested by hand', () => {
    const requests = () => new CallRequests(opened.store);
    function aRequest(more: Partial<CallRequest> = {}): CallRequest {
      const requestId = randomUUID();
      const message = { conversationId: 'a-group-call', requestId };
      return { requestId, queue: 'join-call', message, phase: 'waiting', line: LINE, ...more };
    }
    const isDue = async (at: Date, { requestId }: CallRequest) =>
      (await requests().due()).some((row) => row.requestId === requestId && row.at <= at);

    it('is recorded by only one of several processes that try', async () => {
      const request = aRequest();
      const tries = [1, 2, 3].map(() => requests().save(undefined, request, LATER));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      expect((await requests().find(request.requestId))?.request).toMatchObject(request);
    });

    it('is due at its time, not before, and only once', async () => {
      const request = aRequest();
      const saved = known(await requests().save(undefined, request, LATER));
      expect(await isDue(NOW, request)).toBe(false);
      expect(await isDue(LATER, request)).toBe(true);
      const moved = known(await requests().save(saved, saved.request, new Date(LATER.getTime() + 1)));
      expect(await isDue(LATER, request)).toBe(false);
      known(await requests().save(moved, { ...moved.request, phase: 'done' }, undefined));
      expect(await isDue(new Date('2027-01-01'), request)).toBe(false);
    });

    it('is changed by only one of two processes that read it at the same time', async () => {
      const request = aRequest();
      const read = known(await requests().save(undefined, request, LATER));
      const saved = await requests().save(read, { ...request, callLegId: 'leg-1' }, 'unchanged');
      expect(await requests().save(read, { ...request, callLegId: 'leg-2' }, 'unchanged')).toBeUndefined();
      expect(await requests().find(request.requestId)).toEqual(saved);
      expect(await isDue(LATER, request)).toBe(true);
    });

    it('that was refused may be requested again', async () => {
      const request = aRequest();
      await requests().release(known(await requests().save(undefined, request, LATER)));
      expect(await requests().find(request.requestId)).toBeUndefined();
      expect(await isDue(LATER, request)).toBe(false);
      expect(await requests().save(undefined, request, LATER)).toBeDefined();
    });
  });

  describe('an outage', () => {
    const outages = (now = () => NOW) => new Outages(opened.store, now);

    it('is added once: the first declaration with an id stays', async () => {
      const outage = outageWith({ id: randomUUID() });
      expect(await outages().add(outage)).toEqual({ outage, isNew: true });
      expect(await outages().add({ ...outage, title: 'Another' })).toEqual({ outage, isNew: false });
    });

    it('that does not exist is not found', async () => {
      await expect(outages().read(randomUUID())).rejects.toThrow(NotFoundError);
      await expect(outages().recent(randomUUID())).rejects.toThrow(StorageError);
    });

    it('is changed by only one of two processes that read it at the same time', async () => {
      const outage = outageWith({ id: randomUUID() });
      await outages().add(outage);
      const read = await outages().read(outage.id);
      const saved = await outages().save(read, { ...outage, title: 'First' });
      expect(await outages().save(read, { ...outage, title: 'Second' })).toBeUndefined();
      expect(saved).toEqual(await outages().read(outage.id));
    });

    it('may be read from the cache, no older than its limit', async () => {
      let now = NOW;
      const [here, elsewhere] = [outages(() => now), outages()];
      const outage = outageWith({ id: randomUUID() });
      await here.add(outage);
      expect((await here.recent(outage.id)).title).toBe('Storm');
      await elsewhere.save(await elsewhere.read(outage.id), { ...outage, title: 'Changed' });
      now = new Date(NOW.getTime() + 9_999);
      expect((await here.recent(outage.id)).title).toBe('Storm');
      expect((await here.read(outage.id)).outage.title).toBe('Changed');
      now = new Date(NOW.getTime() + 10_000);
      expect((await here.recent(outage.id)).title).toBe('Changed');
    });

    it('is current for the process that just changed it', async () => {
      const outage = outageWith({ id: randomUUID() });
      const here = outages();
      await here.add(outage);
      await here.recent(outage.id);
      await here.save(await here.read(outage.id), { ...outage, title: 'Changed' });
      expect((await here.recent(outage.id)).title).toBe('Changed');
    });

    it('is saved together with its all-clear, or not at all', async () => {
      const outage = outageWith({ id: randomUUID() });
      const allClear = { ...outage, id: `${outage.id}-all-clear`, allClearFor: outage.id };
      await outages().add(outage);
      const read = await outages().read(outage.id);
      expect(await outages().find(allClear.id)).toBeUndefined();
      const over = { ...outage, state: 'restoring' as const, allClearBy: allClear.id };
      await outages().save(read, over, allClear);
      expect((await outages().find(allClear.id))?.outage).toEqual(allClear);
      expect((await outages().open()).map((stored) => stored.outage)).toEqual(expect.arrayContaining([over, allClear]));
      const again = await outages().read(outage.id);
      expect(await outages().save(again, outage, allClear)).toBeUndefined();
      expect((await outages().read(outage.id)).outage).toEqual(over);
    });

    it.each(['finished', 'cancelled', 'restored'] as const)('that is %s is not open', async (state) => {
      const outage = outageWith({ id: randomUUID() });
      await outages().add(outage);
      const over = await outages().save(await outages().read(outage.id), { ...outage, state });
      const isOpen = async (): Promise<boolean> =>
        (await outages().open()).some((stored) => stored.outage.id === outage.id);
      expect(await isOpen()).toBe(false);
      if (over) await outages().save(over, { ...outage, state: 'restoring' });
      expect(await isOpen()).toBe(true);
    });

    it('is listed while it is open', async () => {
      const outage = outageWith({ id: randomUUID() });
      await outages().add(outage);
      expect((await outages().open()).map((stored) => stored.outage)).toContainEqual(outage);
    });
  });

  describe('a person who opted out', () => {
    it('is known from then on, however often they opt out', async () => {
      const optOuts = new OptOuts(opened.store, IDS.fromPlain);
      const id = numberIdOf(phone('+14255559999'));
      expect(await optOuts.has(id)).toBe(false);
      await optOuts.add(id, { outageId: 'storm', at: NOW });
      await optOuts.add(id, { outageId: 'storm', at: LATER });
      expect(await optOuts.has(id)).toBe(true);
      expect(await optOuts.has(numberIdOf(ANN.identifier))).toBe(false);
    });
  });
});
