import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotAllowedError } from '../../src/lib/base/errors.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { patchOutage } from '../../src/lib/outages/patch.ts';
import { cancelOutage, pauseOutage, restoreOutage, resumeOutage } from '../../src/lib/outages/steer.ts';
import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import type { Outage } from '../../src/lib/rules/outages/outage.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { MemoryWorld, recipientWith } from './support/memory-services.ts';

const [ANN, BOB, CAT, DAN] = ['+14255550121', '+14255550122', '+14255550123', '+14255550124'] as const;
const MESSAGE = 'https://audio.example/restored.wav';
const STORM = { outageId: 'storm', shard: 0 };
const NO_DELAYS = { retry: { maxAttempts: 1, delaySeconds: {} } };

const refOf = (number: string, outageId = 'storm'): AttemptRef => ({
  outageId,
  shard: 0,
  recipientId: recipientIdOf({ phoneNumber: { value: number } }),
  attempt: 1,
});

/** An outage that calls two recipients at a time. */
async function storm(...numbers: string[]) {
  const world = new MemoryWorld();
  await world.outage(NO_DELAYS, ...numbers);
  const { services } = world;
  const tick = async (): Promise<void> => {
    world.passes(10);
    const tended = await tendOutages(services);
    expect(tended.flatMap(({ problems }) => problems)).toEqual([]);
  };
  const find = async (number: string, id?: string): Promise<Recipient | undefined> =>
    (await services.recipients.find(refOf(number, id)))?.recipient;
  return {
    world,
    services,
    tick,
    find,
    state: async (id = 'storm'): Promise<Outage['state']> => (await services.outages.read(id)).outage.state,
    /** Ends the call to the number with the outcome. */
    ends: (number: string, outcome: Outcome) => concludeAttempt(services, refOf(number), { outcome }),
    hasAllClear: async (number: string): Promise<boolean> => (await find(number, 'storm-all-clear')) !== undefined,
  };
}

describe('an outage that is over', () => {
  it('gets its all-clear in the same transaction; the all-clear waits for calls in progress', async () => {
    const { services, tick, ends, state, hasAllClear } = await storm(ANN, BOB);
    await tick();
    await ends(ANN, 'acknowledged');
    await restoreOutage(services, 'storm', { message: MESSAGE });
    const { outage } = await services.outages.read('storm-all-clear');
    expect(outage).toMatchObject({ allClearFor: 'storm', title: 'All-clear: Storm', script: { message: MESSAGE } });
    await tick();
    expect([await hasAllClear(ANN), await hasAllClear(BOB)]).toEqual([true, false]);
    await concludeAttempt(services, refOf(ANN, 'storm-all-clear'), { outcome: 'acknowledged' });
    await tick();
    expect([await state(), await state('storm-all-clear')]).toEqual(['restoring', 'running']);
    await ends(BOB, 'heard');
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expect([await state(), await hasAllClear(BOB)]).toEqual(['restored', true]);
  });

  it('takes only the contact data of its recipients', async () => {
    const { services, tick, ends, find } = await storm(ANN);
    await tick();
    await ends(ANN, 'acknowledged');
    await restoreOutage(services, 'storm', { message: MESSAGE });
    await tick();
    const told = await find(ANN, 'storm-all-clear');
    expect(told).toMatchObject({ attempt: expect.any(Number), results: [] });
    expect(told?.outcome).toBeUndefined();
    expect(told?.endedAt).toBeUndefined();
  });

  it('adds a person whose result comes late, even if the all-clear was over', async () => {
    const { services, tick, ends, state, hasAllClear } = await storm(ANN, BOB);
    await tick();
    await ends(ANN, 'unknown');
    await ends(BOB, 'busy');
    await restoreOutage(services, 'storm', { message: MESSAGE });
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expect([await state(), await state('storm-all-clear')]).toEqual(['restored', 'finished']);
    await ends(ANN, 'heard');
    expect([await hasAllClear(ANN), await hasAllClear(BOB)]).toEqual([true, false]);
    expect(await state('storm-all-clear')).toBe('running');
  });

  it('adds them when the event is redelivered, if the process that handled it died', async () => {
    const { services, tick, ends, find, hasAllClear } = await storm(ANN);
    await tick();
    await ends(ANN, 'unknown');
    await restoreOutage(services, 'storm', { message: MESSAGE });
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    // Cached, so that the app reads the outage from storage only to tell the person.
    await services.outages.recent('storm');
    const current = services.outages.current.bind(services.outages);
    services.outages.current = () => Promise.reject(new Error('died'));
    await expect(ends(ANN, 'heard')).rejects.toThrow('died');
    services.outages.current = current;
    expect([(await find(ANN))?.outcome, await hasAllClear(ANN)]).toEqual(['unknown', false]);
    await ends(ANN, 'heard');
    expect([(await find(ANN))?.outcome, await hasAllClear(ANN)]).toEqual(['heard', true]);
  });

  it('reopens the all-clear before it adds somebody, so that a death in between strands nobody', async () => {
    const { services, tick, ends, state, find } = await storm(ANN);
    await tick();
    await ends(ANN, 'unknown');
    await restoreOutage(services, 'storm', { message: MESSAGE });
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expect(await state('storm-all-clear')).toBe('finished');
    const add = services.recipients.add.bind(services.recipients);
    services.recipients.add = async (...added) => {
      await add(...added);
      throw new Error('died');
    };
    await expect(ends(ANN, 'heard')).rejects.toThrow('died');
    services.recipients.add = add;
    expect((await find(ANN, 'storm-all-clear'))?.phase).toBe('waiting');
    await tick();
    expect((await find(ANN, 'storm-all-clear'))?.phase).toBe('dispatched');
  });

  it('is restored once, with the first message', async () => {
    const { services } = await storm(ANN);
    await restoreOutage(services, 'storm', { message: MESSAGE });
    await restoreOutage(services, 'storm', { message: 'https://audio.example/other.wav' });
    expect((await services.outages.read('storm-all-clear')).outage.script.message).toBe(MESSAGE);
  });

  it('is refused if the id of its all-clear belongs to another outage', async () => {
    const { services, state } = await storm(ANN);
    await declareOutage(services, { id: 'storm-all-clear', title: 'Another', script: { message: MESSAGE } });
    await expect(restoreOutage(services, 'storm', { message: MESSAGE })).rejects.toThrow(NotAllowedError);
    expect(await state()).toBe('running');
  });

  it('refuses an all-clear that the service cannot speak', async () => {
    const { services, state } = await storm(ANN);
    await expect(restoreOutage(services, 'storm', { message: 'restored.wav' })).rejects.toThrow(InvalidInputError);
    await expect(restoreOutage(services, 'storm', {})).rejects.toThrow(/message/);
    expect(await state()).toBe('running');
  });
});

describe('an outage that is cancelled', () => {
  it('gives recipients who wait their best result, and retries nobody', async () => {
    const { services, world, tick, ends, find, state } = await storm(ANN, BOB, CAT, DAN);
    await tick();
    await cancelOutage(services, 'storm', {});
    const called = [ANN, BOB, CAT, DAN];
    const phases = await Promise.all(called.map(async (number) => [number, (await find(number))?.phase] as const));
    for (const [number, phase] of phases) if (phase === 'dispatched') await ends(number, 'busy');
    await tick();
    const outcomes = await Promise.all(called.map(async (number) => (await find(number))?.outcome));
    expect(outcomes.toSorted()).toEqual(['busy', 'busy', 'cancelled', 'cancelled']);
    expect(await state()).toBe('cancelled');
    expect(world.queues.on('start-call')).toHaveLength(2);
  });

  it('is reopened for people who were uploaded while it was cancelled, and cancels them too', async () => {
    const { services, tick, find, state } = await storm();
    await cancelOutage(services, 'storm', {});
    await tick();
    expect(await state()).toBe('cancelled');
    await importNumbers(services, 'storm', [ANN]);
    await tick();
    expect([(await find(ANN))?.outcome, await state()]).toEqual(['cancelled', 'cancelled']);
  });
});

describe('an outage that had expired', () => {
  it('continues if it gets more time, and cancels waiting recipients again when that is over', async () => {
    const { services, world, tick, ends, find, state } = await storm(ANN, BOB, CAT);
    const inSeconds = (seconds: number): string => new Date(world.now.getTime() + seconds * 1000).toISOString();
    await tick();
    await patchOutage(services, 'storm', { expiresAt: inSeconds(1) });
    world.passes(1);
    await tick();
    const waiting = await Promise.all([ANN, BOB, CAT].map(async (number) => (await find(number))?.outcome));
    expect(waiting.filter((outcome) => outcome === 'cancelled')).toHaveLength(1);
    await patchOutage(services, 'storm', { expiresAt: inSeconds(15) });
    expect((await services.outages.read('storm')).outage.progress).toBeUndefined();
    const late = recipientWith({ identifier: { phoneNumber: { value: DAN } } });
    await services.recipients.add(STORM, [late], services.now);
    await tick();
    expect((await find(DAN))?.outcome).toBeUndefined();
    await tick();
    expect((await find(DAN))?.outcome).toBe('cancelled');
    for (const number of [ANN, BOB, CAT]) if (!(await find(number))?.outcome) await ends(number, 'heard');
    await tick();
    expect(await state()).toBe('finished');
  });
});

describe('an outage whose waiting recipients are all cancelled', () => {
  it('is not over while anybody is being called', async () => {
    const { services, tick, ends, state } = await storm(ANN);
    await tick();
    await cancelOutage(services, 'storm', {});
    const stored = await services.outages.read('storm');
    await services.outages.save(stored, { ...stored.outage, progress: { after: ['~'], isLast: true } });
    await tick();
    expect(await state()).toBe('cancelling');
    await ends(ANN, 'heard');
    await tick();
    expect(await state()).toBe('cancelled');
  });
});

describe('an outage that is paused', () => {
  it('stays paused even if nobody waits, and continues where it was', async () => {
    const { services, tick, ends, state } = await storm(ANN);
    await tick();
    await pauseOutage(services, 'storm');
    await ends(ANN, 'heard');
    await tick();
    expect(await state()).toBe('paused');
    await resumeOutage(services, 'storm');
    await tick();
    expect(await state()).toBe('finished');
  });
});
