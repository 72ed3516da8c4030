import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { giveLine } from '../../src/lib/outages/dispatcher.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { NOTHING_SPENT, type SpendLimits, spendHoldOf, spendNote, spentBy } from '../../src/lib/rules/spending.ts';
import { tick } from '../../src/lib/upkeep/tick.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { onQueue } from '../fixtures/triggers.ts';
import { CallingWorld } from './support/calling-world.ts';

/** What a day may cost, in calls and minutes: past that, only emergencies call. */

const LEASED = '2026-01-05T08:00:00.000Z';
const HELD = { holder: 'storm|ann|1', leasedAt: LEASED };

describe('what a line costs', () => {
  const spent = { on: '2026-01-05', calls: 3, seconds: 100 };
  const now = new Date('2026-01-05T08:01:30.000Z');

  it('is one call and its time, once the call has ended', () => {
    expect(spentBy(spent, HELD, now, true)).toEqual({ on: '2026-01-05', calls: 4, seconds: 190 });
  });

  it('is only the time while the call goes on', () => {
    expect(spentBy(spent, HELD, now, false)).toEqual({ on: '2026-01-05', calls: 3, seconds: 190 });
  });

  it.each([
    ['nobody had it', { holder: '' }],
    ['no call was placed on it', { ...HELD, isUnused: true }],
  ])('is nothing if %s', (_why, use) => {
    expect(spentBy(spent, use, now, true)).toEqual(spent);
  });

  it('begins anew each day, UTC, with the part of a call that is on that day', () => {
    const next = new Date('2026-01-06T00:00:20.000Z');
    expect(spentBy(spent, HELD, next, true)).toEqual({ on: '2026-01-06', calls: 1, seconds: 20 });
  });

  it('is added up over all lines, those with a call now included', () => {
    const lines = [
      { spent, holder: '' },
      { spent: NOTHING_SPENT, ...HELD },
    ];
    const until = '2026-01-06T00:00:00.000Z';
    expect(spendHoldOf(lines, { calls: 4 }, now)).toEqual({ until, because: 'calls' });
    expect(spendHoldOf(lines, { calls: 5 }, now)).toBeUndefined();
    expect(spendHoldOf(lines, { minutes: 3 }, now)).toEqual({ until, because: 'minutes' });
    expect(spendHoldOf(lines, { minutes: 4 }, now)).toBeUndefined();
    expect(spendHoldOf(lines, {}, now)).toBeUndefined();
  });
});

/** An app whose calls take ten seconds each, on one line. */
class Spending extends CallingWorld {
  readonly log: string[] = [];
  #handled = 0;

  constructor(spendLimits: SpendLimits) {
    super({ spendLimits });
  }

  async calls(id: string, people: number, spec: Partial<OutageSpec> = {}): Promise<void> {
    const numbers = Array.from({ length: people }, (_, index) => `+1425555${1000 + index + id.length * 100}`);
    await this.outage({ id, callers: [{ number: '+14255550190', lines: 1 }], ...spec }, ...numbers);
  }

  /** Ten seconds pass: calls end, and the timer ticks. */
  async goesOn(...outages: string[]): Promise<void> {
    const log = (line: string): void => void this.log.push(line);
    await tick(this.services, { info: log, warn: log, error: log });
    await this.#handle();
    this.passes(10);
    for (const id of outages) await this.ends(id, 'noAnswer');
    await this.#handle();
  }

  async #handle(): Promise<void> {
    for (let next = this.queues.sent[this.#handled++]; next; next = this.queues.sent[this.#handled++]) {
      if (next.queue === 'start-call') await onQueue('start-call', this.services, next.message, 'message');
    }
    this.#handled--;
  }

  async view(id: string) {
    return viewOutage(this.services, (await this.services.outages.read(id)).outage);
  }
}

const HOLD = { until: '2026-01-06T00:00:00.000Z', because: 'calls' };

describe('once the calls of the day are used up', () => {
  it('an outage waits until the next day, and says why', async () => {
    const world = new Spending({ calls: 3 });
    await world.calls('storm', 9);
    for (let step = 0; step < 20; step++) await world.goesOn('storm');
    // One call may be on its way when the timer finds the limit reached.
    const placed = world.called.length;
    expect(placed).toBeGreaterThanOrEqual(3);
    expect(placed).toBeLessThanOrEqual(4);
    expect(await world.view('storm')).toMatchObject({ state: 'running', spendHold: HOLD, callsInFlight: 0 });
    expect(world.log.join('\n')).toContain(
      'outage storm: the spend limit of the day is reached, with as many calls as',
    );
    world.now = new Date('2026-01-06T00:00:00.000Z');
    await world.goesOn('storm');
    expect(world.called.length).toBeGreaterThan(placed);
    expect((await world.view('storm')).spendHold).toBeUndefined();
  });

  it('only an emergency goes on', async () => {
    const world = new Spending({ calls: 3 });
    await world.calls('storm', 9);
    for (let step = 0; step < 10; step++) await world.goesOn('storm');
    const before = world.called.length;
    await world.calls('wildfire', 5, { urgency: 'emergency' });
    for (let step = 0; step < 10; step++) await world.goesOn('storm', 'wildfire');
    expect(world.called.length).toBe(before + 5);
    expect((await world.view('storm')).spendHold).toEqual(HOLD);
    expect(await world.view('wildfire')).toMatchObject({ outcomes: {}, attempts: 5 });
    expect((await world.view('wildfire')).spendHold).toBeUndefined();
  });

  it('calls and invitations by hand are refused with the reason', async () => {
    const world = new Spending({ calls: 1 });
    await world.services.lines.ensure(world.services.settings.callers, []);
    const ann = { phoneNumber: { value: '+14255550121' } };
    const bob = { phoneNumber: { value: '+14255550122' } };
    await onQueue('start-call', world.services, { targets: [ann] }, 'first');
    expect(world.called).toHaveLength(1);
    const why = 'the spend limit of the day is reached';
    await expect(onQueue('start-call', world.services, { targets: [bob] }, 'second')).rejects.toThrow(why);
    const invited = onQueue('invite-participants', world.services, { callLegId: 'leg', participants: [bob] }, 'third');
    await expect(invited).rejects.toThrow(why);
    expect(world.called).toHaveLength(1);
  });
});

it('once the minutes of the day are used up, an outage waits', async () => {
  const world = new Spending({ minutes: 1 });
  await world.calls('storm', 20);
  for (let step = 0; step < 20; step++) await world.goesOn('storm');
  expect(world.called.length).toBeGreaterThanOrEqual(6);
  expect(world.called.length).toBeLessThanOrEqual(7);
  expect((await world.view('storm')).spendHold).toMatchObject({ because: 'minutes' });
});

it('people who are not called cost nothing', async () => {
  const world = new Spending({ calls: 3 });
  await world.calls('storm', 9);
  for (const { recipientId } of await world.services.recipients.due({ outageId: 'storm', shard: 0 }, 'waiting', 6)) {
    const stored = await world.services.recipients.find({ outageId: 'storm', shard: 0, recipientId });
    if (stored)
      await world.services.optOuts.add(world.services.ids.numberIdOf(stored.recipient.identifier), { at: world.now });
  }
  for (let step = 0; step < 20; step++) await world.goesOn('storm');
  expect(world.called).toHaveLength(3);
  expect((await world.view('storm')).outcomes.optedOut).toBeGreaterThan(0);
});

it('people who are held back cost nothing, and neither does a line that others were faster to use', async () => {
  const world = new Spending({});
  Object.assign(world.services.settings, { numberLimits: { delayMs: 3_600_000, callsADay: 6 } });
  await world.calls('storm', 3);
  const shard = { outageId: 'storm', shard: 0 };
  const due = await world.services.recipients.due(shard, 'waiting', 3);
  for (const { recipientId } of due.slice(1)) {
    const stored = (await world.services.recipients.find({ ...shard, recipientId })) ?? expect.fail('not on the list');
    const number = world.services.ids.numberIdOf(stored.recipient.identifier);
    await world.services.numbers.save(number, undefined, { at: world.now.toISOString(), by: 'another', counted: [] });
  }
  const candidates = due.map((row) => ({ shard, due: row }));
  const [line] = await world.services.lines.list();
  if (line) expect(await giveLine(world.services, line, candidates.slice(0, 1))).toEqual({ kind: 'used' });
  await world.goesOn('storm');
  const spent = async () => (await world.services.lines.list()).map((each) => each.spent.calls);
  expect(world.called).toHaveLength(1);
  expect(await spent()).toEqual([1]);
  const [free] = await world.services.lines.list();
  const left = free && (await giveLine(world.services, free, [...candidates, ...candidates]));
  if (left?.kind === 'left') await world.services.lines.free(left.line, world.now);
  expect(left?.kind).toBe('left');
  expect(await spent()).toEqual([1]);
});

it('without a limit, nothing is held back', async () => {
  const world = new Spending({});
  await world.calls('storm', 9);
  for (let step = 0; step < 20; step++) await world.goesOn('storm');
  expect(world.called).toHaveLength(9);
});

it('the alert looks for the words of the log', () => {
  const [, words = ''] =
    readFileSync('infra/modules/monitoring.bicep', 'utf8').match(/has '(the spend limit[^']+)'/) ?? [];
  expect(words).not.toBe('');
  for (const because of ['calls', 'minutes'] as const) expect(spendNote({ until: '', because })).toContain(words);
});
