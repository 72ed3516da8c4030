import { describe, expect, it } from 'vitest';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { receiveCallback } from '../../src/lib/calls/receive-callback.ts';
import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { established, LEG, terminated, tone } from './support/telephone-events.ts';

/** The token of a callback is believed for its own call only. */

const ANN = '+14255550121';
const BOB = '+14255550122';
const attemptTo = (number: string, attempt = 1, outageId = 'storm'): CallPurpose => ({
  kind: 'attempt',
  outageId,
  shard: 0,
  recipientId: recipientIdOf({ phoneNumber: { value: number } }),
  attempt,
});
const REQUEST: CallPurpose = { kind: 'request', requestId: 'by-hand' };

async function withAnnsCall() {
  const world = new MemoryWorld();
  await world.outage({}, ANN, BOB);
  await world.outage({ id: 'flood' }, ANN);
  await applyCallEvent(world.services, attemptTo(ANN), established);
  return { world, before: await world.services.legs.timeline(LEG) };
}

describe('an event of a call leg', () => {
  it.each<[string, CallPurpose]>([
    ['another person', attemptTo(BOB)],
    ['another attempt', attemptTo(ANN, 2)],
    ['another outage', attemptTo(ANN, 1, 'flood')],
    ['a call by hand', REQUEST],
  ])('is refused with the token of %s, and nothing changes', async (_, purpose) => {
    const { world, before } = await withAnnsCall();
    for (const event of [tone('3'), terminated]) {
      await expect(applyCallEvent(world.services, purpose, event)).rejects.toThrow('The token is that of another call');
    }
    expect(await world.services.legs.timeline(LEG)).toEqual(before);
  });

  it('is refused by an instance that does not remember the leg, too', async () => {
    const { world } = await withAnnsCall();
    world.services.legs.hint = () => undefined;
    await expect(applyCallEvent(world.services, attemptTo(BOB), terminated)).rejects.toThrow('another call');
  });

  it('counts with the token of its own attempt although the attempt has another leg: an orphaned live call', async () => {
    const { world } = await withAnnsCall();
    const orphaned = { ...tone('9'), data: { ...tone('9').data, callLegId: 'orphan' } };
    await applyCallEvent(world.services, attemptTo(ANN), orphaned);
    expect((await world.services.legs.timeline('orphan')).leg).toMatchObject({ optOut: true });
    expect((await world.services.optOuts.ids()).size).toBe(1);
    expect(world.queues.on('hang-up')).toContainEqual(expect.objectContaining({ callLegId: 'orphan' }));
  });

  it('through which the service invited somebody to a conversation is kept for the errand, and the leg stays as it is', async () => {
    const { world, before } = await withAnnsCall();
    const errand: CallPurpose = { kind: 'request', requestId: 'invite-1', as: 'errand' };
    expect(await applyCallEvent(world.services, errand, terminated)).toMatchObject({ result: 'done' });
    expect(await world.services.legs.timeline(LEG)).toEqual(before);
    expect((await world.services.legs.timeline('request invite-1')).events).toHaveLength(1);
  });
});

describe('a callback with events of several calls', () => {
  it('is refused, and the events of the token’s own call count all the same', async () => {
    const { world } = await withAnnsCall();
    const uri = await world.services.callbacks.uriFor(attemptTo(BOB));
    const state = (callLegId: string) => ({
      eventType: 'Microsoft.Communication.CallLegStateChanged',
      eventTime: '2026-01-05T08:00:05Z',
      data: { callLegId, callState: 'Terminated' },
    });
    const proofs = { token: uri.split('/').at(-1) ?? '', authorization: null };
    const posted = receiveCallback(world.services, proofs, async () => [state(LEG), state('leg-of-bob')]);
    await expect(posted).rejects.toMatchObject({ httpStatus: 401 });
    expect((await world.services.legs.timeline(LEG)).leg).toMatchObject({ state: 'established' });
    expect((await world.services.legs.timeline('leg-of-bob')).leg).toMatchObject({ state: 'terminated' });
  });
});
