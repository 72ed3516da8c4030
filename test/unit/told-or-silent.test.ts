import { describe, expect, it } from 'vitest';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import { claimed } from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { numberIdOf, recipientIdOf } from '../fixtures/ids.ts';
import { fillLines } from './support/fill-lines.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { audioBegan, established, LEG, stateIs, terminated, tone } from './support/telephone-events.ts';

/** What a call proves about its callee, by the events that the app gets and the requests that the service accepts. */

const ANN = { phoneNumber: { value: '+14255550121' } };

class AnnsCall extends MemoryWorld {
  ref: AttemptRef = { outageId: 'storm', shard: 0, recipientId: recipientIdOf(ANN), attempt: 1 };

  /** Ann's phone rings; keys and audio are reported as the API does it. */
  static async rings(reportsAudioStart: boolean): Promise<AnnsCall> {
    const world = new AnnsCall();
    Object.assign(world.services, { calls: { ...world.services.calls, reportsAudioStart } });
    const { outage } = await world.outage({}, ANN.phoneNumber.value);
    await fillLines(world.services, outage);
    const stored = await world.services.recipients.find(world.ref);
    if (stored) await world.services.recipients.save(world.ref, stored, claimed(stored.recipient, world.now));
    return world;
  }

  async hears(...events: Parameters<typeof applyCallEvent>[2][]): Promise<void> {
    for (const event of events) await applyCallEvent(this.services, { kind: 'attempt', ...this.ref }, event);
  }

  /** The service accepted the request for this audio. */
  async accepts(operationContext: string): Promise<void> {
    await this.services.legs.claimAction(LEG, operationContext, 'play-audio', this.now);
    await this.services.legs.settleAction(LEG, operationContext, { status: 'done' });
  }

  async ann(): Promise<Recipient | undefined> {
    return (await this.services.recipients.find(this.ref))?.recipient;
  }

  isOptedOut(): Promise<boolean> {
    return this.services.optOuts.has(numberIdOf(ANN));
  }
}

describe('a callee who hangs up before the end of the message', () => {
  it.each([true, false])('and heard nothing is called again (start of audio reported: %s)', async (reports) => {
    const call = await AnnsCall.rings(reports);
    await call.hears(established, terminated);
    expect(await call.ann()).toMatchObject({ phase: 'waiting', results: [{ outcome: 'failed', reason: 'silent' }] });
  });

  it('is answered if the start of the audio was reported', async () => {
    const call = await AnnsCall.rings(true);
    await call.hears(established, audioBegan('message-1'), terminated);
    expect(await call.ann()).toMatchObject({ phase: 'done', outcome: 'answered' });
  });

  it('is answered if the service accepted the audio, where it reports no start of audio', async () => {
    const call = await AnnsCall.rings(false);
    await call.hears(established);
    await call.accepts('message-1');
    await call.hears(terminated);
    expect(await call.ann()).toMatchObject({ phase: 'done', outcome: 'answered' });
  });

  it('is not answered by an accepted request alone, where the service reports the start of audio', async () => {
    const call = await AnnsCall.rings(true);
    await call.hears(established);
    await call.accepts('message-1');
    await call.hears(terminated);
    expect(await call.ann()).toMatchObject({ phase: 'waiting', results: [{ outcome: 'failed', reason: 'silent' }] });
  });
});

describe('a call that ends for a reason of ours', () => {
  it.each(['ours', 'denied', 'limit'] as const)('(%s) is nobody’s outcome, and uses up no attempt', async (means) => {
    const call = await AnnsCall.rings(true);
    const end = stateIs('terminated');
    await call.hears({ ...end, data: { ...end.data, ending: { means, code: '404/511404' } } });
    expect(await call.ann()).toMatchObject({ phase: 'waiting', attempt: 0, results: [] });
  });

  it('and whose callee turns out to have been told by an earlier call is not placed again', async () => {
    const call = await AnnsCall.rings(true);
    const stored = await call.services.recipients.find(call.ref);
    if (!stored) throw new Error('Ann has gone');
    const told = { attempt: 1, outcome: 'heard' as const, at: call.now.toISOString() };
    const second = { ...stored.recipient, attempt: 2, results: [told] };
    await call.services.recipients.save(call.ref, stored, { recipient: second, due: 'unchanged' });
    call.ref = { ...call.ref, attempt: 2 };
    const end = stateIs('terminated');
    await call.hears({ ...end, data: { ...end.data, ending: { means: 'ours', code: '404/511404' } } });
    expect(await call.ann()).toMatchObject({ phase: 'done', outcome: 'heard' });
  });
});

describe('an opt-out', () => {
  it('is stored with the event of the key, while the call goes on', async () => {
    const call = await AnnsCall.rings(true);
    await call.hears(established, tone('9'));
    expect(await call.isOptedOut()).toBe(true);
    expect(await call.ann()).toMatchObject({ phase: 'dialling' });
  });

  it('is stored when the event is redelivered after a crash in between', async () => {
    const call = await AnnsCall.rings(true);
    const add = call.services.optOuts.add.bind(call.services.optOuts);
    call.services.optOuts.add = () => Promise.reject(new Error('died'));
    await call.hears(established);
    await expect(call.hears(tone('9'))).rejects.toThrow('died');
    call.services.optOuts.add = add;
    await call.hears(tone('9'));
    expect(await call.isOptedOut()).toBe(true);
  });

  it('is respected by a call by hand, also by one that has waited for a line', async () => {
    const world = new MemoryWorld();
    const request = { targets: [ANN], requestId: 'by-hand' };
    const busy: Services = { ...world.services, settings: { ...world.services.settings, callers: [] } };
    await expect(startRequestedCall(busy, request, 'm')).rejects.toThrow('CALLER_NUMBERS');
    for (const line of await takeAllLines(world)) expect(line).toBeDefined();
    expect(await startRequestedCall(world.services, request, 'm')).toMatchObject({ result: 'postponed' });
    await world.services.optOuts.add(numberIdOf(ANN), { at: world.now });
    expect(await startRequestedCall(world.services, request, 'm')).toMatchObject({
      result: 'superseded',
      why: 'request by-hand is not placed: the person has opted out',
    });
    expect((await world.services.requests.find('by-hand'))?.request).toMatchObject({ phase: 'done' });
    expect(await world.services.requests.due()).toEqual([]);
  });
});

async function takeAllLines({ services, now }: MemoryWorld) {
  await services.lines.ensure(services.settings.callers, []);
  const until = new Date(now.getTime() + 3_600_000);
  return Promise.all((await services.lines.list()).map((line) => services.lines.lease(line, 'somebody', until, now)));
}
