import { describe, expect, it } from 'vitest';
import { allClearOf } from '../../src/lib/outages/all-clear.ts';
import { erasePerson } from '../../src/lib/privacy/erase-person.ts';
import { exportPerson } from '../../src/lib/privacy/export-person.ts';
import { isHeldBack, type NumberCalls, withCall } from '../../src/lib/rules/number-limits.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { tendRequests } from '../../src/lib/upkeep/tend-requests.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { viewRecipient } from '../../src/lib/views/recipient-view.ts';
import { numberIdOf, recipientIdOf } from '../fixtures/ids.ts';
import { onQueue } from '../fixtures/triggers.ts';
import { CallingWorld } from './support/calling-world.ts';
import { outageWith } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

/** How often a number is called, by whatever outage or person. */

const ANN = { phoneNumber: { value: '+14255550121' } };
const LIMITS = { delayMs: 60_000, callsADay: 6 };
const HOUR = 3600;

describe('the calls to a number', () => {
  const now = new Date('2026-01-05T08:00:00.000Z');
  const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  /** The calls at these times, in seconds, each of another name. */
  const called = (...times: number[]): NumberCalls | undefined =>
    times.reduce<NumberCalls | undefined>((before, time) => {
      const calls = withCall(before, { name: `call at ${time}` }, later(time), LIMITS);
      return isHeldBack(calls) ? expect.fail(`the call at ${time} is held back`) : calls;
    }, undefined);

  it('may begin at once', () => {
    expect(called(0)).toEqual({ at: now.toISOString(), by: 'call at 0', counted: [now.toISOString()] });
  });

  it.each([
    [0, 60],
    [59.999, 60],
  ])('are held back %d s after the last one', (seconds, until) => {
    const held = withCall(called(0), { name: 'another' }, later(seconds), LIMITS);
    expect(held).toEqual({ until: later(until).toISOString(), because: 'tooSoon' });
  });

  it('go on once the shortest delay has passed', () => {
    expect(withCall(called(0), { name: 'another' }, later(60), LIMITS)).toMatchObject({ by: 'another' });
  });

  it('are held back after the sixth, until the first of them is a day old', () => {
    const six = called(0, 100, 200, 300, 400, 500);
    const day = { until: later(24 * HOUR).toISOString(), because: 'dailyCap' };
    expect(withCall(six, { name: 'seventh' }, later(600), LIMITS)).toEqual(day);
    expect(withCall(six, { name: 'seventh' }, later(24 * HOUR - 1), LIMITS)).toEqual(day);
    const seventh = withCall(six, { name: 'seventh' }, later(24 * HOUR), LIMITS);
    expect(
      withCall(isHeldBack(seventh) ? undefined : seventh, { name: 'eighth' }, later(24 * HOUR + 60), LIMITS),
    ).toEqual({
      until: later(24 * HOUR + 100).toISOString(),
      because: 'dailyCap',
    });
  });

  it('count once if the same call is tried again, which is not held back by itself', () => {
    const again = withCall(called(0), { name: 'call at 0' }, later(5), LIMITS);
    expect(again).toEqual({ at: later(5).toISOString(), by: 'call at 0', counted: [later(5).toISOString()] });
  });

  it('are kept for a day only', () => {
    expect(withCall(called(0, 100), { name: 'next day' }, later(24 * HOUR + 50), LIMITS)).toMatchObject({
      counted: [later(100).toISOString(), later(24 * HOUR + 50).toISOString()],
    });
  });

  it('of an emergency go on past the cap, never past the shortest delay, and count', () => {
    const six = called(0, 100, 200, 300, 400, 500);
    const emergency = { name: 'wildfire', isEmergency: true };
    expect(withCall(six, emergency, later(559), LIMITS)).toMatchObject({ because: 'tooSoon' });
    const seventh = withCall(six, emergency, later(560), LIMITS);
    expect(seventh).toMatchObject({ at: later(560).toISOString() });
    const held = withCall(isHeldBack(seventh) ? undefined : seventh, { name: 'next' }, later(700), LIMITS);
    expect(held).toEqual({ until: later(24 * HOUR + 100).toISOString(), because: 'dailyCap' });
  });

  it('do not count all-clears, which are held back by the shortest delay only', () => {
    const six = called(0, 100, 200, 300, 400, 500);
    const allClear = { name: 'all-clear', isAllClear: true };
    expect(withCall(six, allClear, later(559), LIMITS)).toMatchObject({ because: 'tooSoon' });
    const told = withCall(six, allClear, later(560), LIMITS);
    expect(told).toMatchObject({ at: later(560).toISOString(), counted: six?.counted });
    expect(withCall(isHeldBack(told) ? undefined : told, { name: 'next' }, later(600), LIMITS)).toMatchObject({
      because: 'dailyCap',
    });
  });
});

/** An app with limits, whose calls end at once with nobody answering. */
class Limited extends CallingWorld {
  #handled = 0;

  constructor(tables = new MemoryTables()) {
    super({ numberLimits: LIMITS, callers: [{ number: '+14255550190', lines: 10 }] }, tables);
  }

  /** An outage that calls Ann. */
  async calls(id: string, spec: Partial<OutageSpec> = {}): Promise<void> {
    const callers = [{ number: '+14255550190', lines: 10 }];
    await this.outage({ id, callers, ...spec }, ANN.phoneNumber.value);
  }

  /** The timer ticks, and every start message is handled: all at the same moment, in the order in which they were sent. */
  async ticks(): Promise<void> {
    await tendOutages(this.services);
    await tendRequests(this.services);
    const handled = this.#handled;
    this.#handled = this.queues.sent.length;
    const messages = this.queues.sent.slice(handled).filter(({ queue }) => queue === 'start-call');
    await Promise.all(
      messages.map(({ message }, index) => onQueue('start-call', this.services, message, `m${handled + index}`)),
    );
  }

  async recipientOf(outageId: string) {
    const ref = { outageId, shard: 0, recipientId: recipientIdOf(ANN) };
    return ((await this.services.recipients.find(ref)) ?? expect.fail('Ann is not on the list')).recipient;
  }
}

describe('five outages that call one number', () => {
  it('place one call, and then one each minute', async () => {
    const world = new Limited();
    for (const id of ['a', 'b', 'c', 'd', 'e']) await world.calls(id);
    await world.ticks();
    expect(world.called).toHaveLength(1);
    for (let minute = 1; minute < 5; minute++) {
      world.passes(59);
      await world.ticks();
      expect(world.called).toHaveLength(minute);
      world.passes(1);
      await world.ticks();
      expect(world.called).toHaveLength(minute + 1);
    }
  });

  it('show whom the limit holds back, until when and why', async () => {
    const world = new Limited();
    await world.calls('a');
    await world.calls('b');
    await world.ticks();
    const held = (await world.recipientOf('a')).phase === 'waiting' ? 'a' : 'b';
    const heldBack = { until: '2026-01-05T08:01:00.000Z', because: 'tooSoon' };
    expect(viewRecipient(await world.recipientOf(held))).toMatchObject({ state: 'waiting', heldBack, attempts: [] });
    const view = async () => viewOutage(world.services, (await world.services.outages.read(held)).outage);
    expect(await view()).toMatchObject({ heldBack: { tooSoon: 1 }, states: { waiting: 1 }, callsInFlight: 0 });
    expect(viewRecipient({ ...(await world.recipientOf(held)), phase: 'dispatched' }).heldBack).toBeUndefined();
    world.passes(60);
    await world.ticks();
    expect((await view()).heldBack).toEqual({});
    expect((await view()).callsInFlight).toBe(1);
    expect(viewRecipient(await world.recipientOf(held)).heldBack).toBeUndefined();
  });
});

describe('an outage', () => {
  it('with maxAttempts 20 and no delay calls a number six times in a day, a minute apart', async () => {
    const world = new Limited();
    await world.calls('storm', { retry: { maxAttempts: 20, delaySeconds: { failed: 0 } } });
    const times: number[] = [];
    const { createCall } = world.services.calls;
    const failing: typeof createCall = async (request, as) => {
      const placed = await createCall(request, as);
      times.push(world.now.getTime() / 1000);
      return placed;
    };
    Object.assign(world.services.calls, { createCall: failing });
    const begin = world.now.getTime() / 1000;
    for (let second = 0; second < 26 * HOUR; second += second < HOUR ? 10 : 600) {
      world.now = new Date((begin + second) * 1000);
      await world.ticks();
      await world.ends('storm');
    }
    const day = times.filter((time) => time < begin + 24 * HOUR);
    expect(day).toHaveLength(6);
    expect(times.length).toBeGreaterThan(6);
    for (let call = 1; call < day.length; call++)
      expect((day[call] ?? 0) - (day[call - 1] ?? 0)).toBeGreaterThanOrEqual(60);
  });

  it('that is held back by the cap shows it', async () => {
    const world = new Limited();
    const at = (minutes: number) => new Date(world.now.getTime() - minutes * 60_000).toISOString();
    const counted = [60, 50, 40, 30, 20, 10].map(at);
    await world.services.numbers.save(numberIdOf(ANN), undefined, { at: at(10), by: 'another', counted });
    await world.calls('storm');
    await world.ticks();
    expect(world.called).toEqual([]);
    expect(viewRecipient(await world.recipientOf('storm')).heldBack).toEqual({
      until: new Date(Date.parse(at(60)) + 24 * HOUR * 1000).toISOString(),
      because: 'dailyCap',
    });
  });
});

describe('an emergency', () => {
  it('calls who was called too often in 24 hours, and never within a minute', async () => {
    const world = new Limited();
    const at = (seconds: number) => new Date(world.now.getTime() - seconds * 1000).toISOString();
    const counted = [600, 500, 400, 300, 200, 59].map(at);
    await world.services.numbers.save(numberIdOf(ANN), undefined, { at: at(59), by: 'another', counted });
    await world.calls('wildfire', { urgency: 'emergency' });
    await world.calls('storm');
    await world.ticks();
    expect(world.called).toEqual([]);
    expect((await world.recipientOf('wildfire')).heldBack).toMatchObject({ because: 'tooSoon' });
    world.passes(1);
    await world.ticks();
    expect(world.called).toHaveLength(1);
    expect((await world.recipientOf('wildfire')).phase).toBe('dialling');
    expect((await world.recipientOf('storm')).heldBack).toMatchObject({ because: 'dailyCap' });
  });

  it('gets the lines before other outages, those that are in use included', async () => {
    const world = new Limited();
    const callers = [{ number: '+14255550190', lines: 2 }];
    await world.outage({ id: 'a-storm', callers }, '+14255550131', '+14255550132', '+14255550133');
    await world.ticks();
    await world.outage({ id: 'wildfire', callers, urgency: 'emergency' }, '+14255550141', '+14255550142');
    await world.ticks();
    await world.ends('a-storm');
    await world.ticks();
    expect(world.called.slice(2)).toEqual(expect.arrayContaining(['+14255550141', '+14255550142']));
    expect(world.called).toHaveLength(4);
  });

  it('is an emergency until all hear that it is over', () => {
    const outage = { ...outageWith({ urgency: 'emergency' }), state: 'running' as const };
    const clear = { message: 'https://audio.example/over.wav' };
    expect(allClearOf(new Limited().services, outage, clear).urgency).toBe('emergency');
  });
});

describe('a call by hand', () => {
  it('waits for the shortest delay, and is placed then', async () => {
    const world = new Limited();
    await onQueue('start-call', world.services, { targets: [ANN] }, 'first');
    const [why] = await onQueue('start-call', world.services, { targets: [ANN] }, 'second');
    expect(why).toContain('was called a moment ago: not before 2026-01-05T08:01:00.000Z');
    world.passes(59);
    await world.ticks();
    expect(world.called).toHaveLength(1);
    world.passes(1);
    await world.ticks();
    expect(world.called).toHaveLength(2);
    const lines = (await world.services.lines.list()).filter(({ holder }) => holder !== '');
    expect(lines).toHaveLength(2);
  });

  it('that is tried again after the service was busy is not held back by itself', async () => {
    const world = new Limited();
    await onQueue('start-call', world.services, { targets: [ANN], requestId: 'once' }, 'first');
    const stored = (await world.services.requests.find('once')) ?? expect.fail('there is no request');
    await world.services.requests.save(
      stored,
      { ...stored.request, phase: 'waiting', callLegId: undefined },
      world.now,
    );
    await world.ticks();
    expect(world.called).toHaveLength(2);
  });

  it('that exceeds the cap is refused, because nobody waits for a day', async () => {
    const world = new Limited();
    for (let call = 0; call < 6; call++) {
      await onQueue('start-call', world.services, { targets: [ANN] }, `call-${call}`);
      world.passes(60);
    }
    const seventh = onQueue('start-call', world.services, { targets: [ANN] }, 'seventh');
    await expect(seventh).rejects.toThrow('targets.0.phoneNumber.value: was called too often in 24 hours');
    expect(world.called).toHaveLength(6);
    expect((await world.services.lines.list()).filter(({ holder }) => holder !== '')).toHaveLength(6);
  });
});

it('an invitation by hand is held back like any call, and refused', async () => {
  const world = new Limited();
  await world.services.lines.ensure(world.services.settings.callers, []);
  await onQueue('start-call', world.services, { targets: [ANN] }, 'first');
  const invited = onQueue('invite-participants', world.services, { callLegId: 'leg', participants: [ANN] }, 'second');
  await expect(invited).rejects.toThrow('was called a moment ago');
  expect(world.called).toHaveLength(1);
});

it('an opt-out of an earlier version is found, and no call to a number counts as one', async () => {
  const tables = new MemoryTables();
  const world = new Limited(tables);
  const columns = { at: '2025-01-01T00:00:00.000Z', outageId: 'storm', version: 1 };
  await tables.commit('OptOuts', 'numbers', [{ kind: 'insert', rowKey: numberIdOf(ANN), columns }]);
  await world.calls('storm');
  await world.ticks();
  expect(world.called).toEqual([]);
  expect(await world.recipientOf('storm')).toMatchObject({ phase: 'done', outcome: 'optedOut' });
  const bob = { phoneNumber: { value: '+14255550122' } };
  await onQueue('start-call', world.services, { targets: [bob] }, 'bob');
  expect(await world.services.optOuts.has(numberIdOf(bob))).toBe(false);
  expect(await world.services.optOuts.ids()).toEqual(new Set([numberIdOf(ANN)]));
});

it('of two processes that call a number at the same moment, one is held back', async () => {
  const tables = new MemoryTables();
  const world = new Limited(tables);
  const id = numberIdOf(ANN);
  const standing = await world.services.numbers.standing(id);
  const calls = { at: world.now.toISOString(), by: 'one', counted: [] };
  expect(await world.services.numbers.save(id, standing.stored, calls)).toBe(true);
  expect(await world.services.numbers.save(id, standing.stored, { ...calls, by: 'two' })).toBe(false);
  const again = await world.services.numbers.standing(id);
  expect(await world.services.numbers.save(id, again.stored, { ...calls, by: 'three' })).toBe(true);
  expect(await world.services.numbers.save(id, again.stored, { ...calls, by: 'four' })).toBe(false);
});

it('calls that hold nobody back any more are forgotten, and opt-outs are not', async () => {
  const world = new Limited();
  const { numbers, optOuts } = world.services;
  await onQueue('start-call', world.services, { targets: [ANN] }, 'first');
  await optOuts.add(numberIdOf(ANN), { at: world.now });
  world.passes(24 * HOUR);
  await numbers.forgetOld(world.now, 100);
  expect(await numbers.callsTo(numberIdOf(ANN))).toBeDefined();
  world.passes(1);
  await numbers.forgetOld(world.now, 100);
  expect(await numbers.standing(numberIdOf(ANN))).toEqual({ isOptedOut: true, stored: undefined });
});

it('when a number was called is exported and erased with the person', async () => {
  const world = new Limited();
  const number = ANN.phoneNumber.value;
  await onQueue('start-call', world.services, { targets: [ANN], requestId: 'once' }, 'first');
  expect((await exportPerson(world.services, number)).calledAt).toEqual([world.now.toISOString()]);
  const stored = (await world.services.requests.find('once')) ?? expect.fail('there is no request');
  await world.services.requests.save(stored, { ...stored.request, phase: 'done' }, undefined);
  await erasePerson(world.services, number);
  expect(await world.services.numbers.standing(numberIdOf(ANN))).toEqual({ isOptedOut: false, stored: undefined });
});
