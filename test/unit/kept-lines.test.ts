import { describe, expect, it } from 'vitest';
import { StorageError, UnendedCallError } from '../../src/lib/base/errors.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { passOnLine } from '../../src/lib/outages/pass-on-line.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import type { Line } from '../../src/lib/storage/lines.ts';
import type { DueRow } from '../../src/lib/storage/recipients.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { onTimer } from '../fixtures/triggers.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { endedWith, established } from './support/telephone-events.ts';

/** Lines belong to a call until that call is over, and to nobody afterwards. */

const SHARD = { outageId: 'storm', shard: 0 };
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `+1425555${2000 + index}`);

const inProgress = (world: MemoryWorld): Promise<DueRow[]> =>
  world.services.recipients.due(SHARD, 'leased', Number.POSITIVE_INFINITY);

const held = async (world: MemoryWorld): Promise<Line[]> =>
  (await world.services.lines.list()).filter(({ holder }) => holder !== '');

const refOf = ({ recipientId, attempt }: DueRow) => ({ ...SHARD, recipientId, attempt });

const ofLeg = (callLegId: string, event: typeof established): typeof established => ({
  ...event,
  data: { ...event.data, callLegId },
});

/** Everybody with a line is in a call, as its events say. */
async function allAnswer(world: MemoryWorld): Promise<void> {
  for (const row of await inProgress(world)) {
    const ref = refOf(row);
    const stored = await world.services.recipients.find(ref);
    if (!stored) throw new Error('they have gone');
    const dialling: Recipient = { ...stored.recipient, phase: 'dialling', askedAt: world.now.toISOString() };
    await world.services.recipients.save(ref, stored, { recipient: dialling, due: 'unchanged' });
    await applyCallEvent(world.services, { kind: 'attempt', ...ref }, ofLeg(`leg-${row.recipientId}`, established));
  }
}

describe('the lines of calls in progress', () => {
  it('are not given away, however many leases have ended at once and however long ago', async () => {
    const world = new MemoryWorld();
    const callers = [{ number: '+14255550190', lines: 150 }];
    await world.outage({ callers }, ...numbers(300));
    await tendOutages(world.services);
    await allAnswer(world);
    world.passes(421);
    const [tended] = await tendOutages(world.services);
    expect(tended).toMatchObject({ started: 0, healed: 100, linesInUse: 150 });
    expect(world.queues.on('start-call')).toHaveLength(150);
    expect(await tendOutages(world.services)).toMatchObject([{ healed: 50, started: 0 }]);
  });

  it('are not given away if they could not be looked into', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: [{ number: '+14255550190', lines: 2 }] }, ...numbers(4));
    await tendOutages(world.services);
    world.passes(421);
    const { recipients } = world.services;
    const due = recipients.due.bind(recipients);
    recipients.due = (shard, kind, limit) =>
      kind === 'leased' ? Promise.reject(new StorageError('no answer')) : due(shard, kind, limit);
    expect(await tendOutages(world.services)).toMatchObject([
      { started: 0, problems: [new StorageError('no answer')] },
    ]);
    expect(world.queues.on('start-call')).toHaveLength(2);
    expect(await held(world)).toHaveLength(2);
  });

  it('are not given away if the row of one of them cannot be read', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ...numbers(2));
    await tendOutages(world.services);
    world.passes(421);
    const { recipients } = world.services;
    recipients.find = () => Promise.reject(new StorageError('no answer'));
    recipients.due = async (shard, kind, limit) =>
      kind === 'leased' ? [] : Object.getPrototypeOf(recipients).due.call(recipients, shard, kind, limit);
    expect(await tendOutages(world.services)).toMatchObject([
      { started: 0, problems: [new StorageError('no answer')] },
    ]);
    expect(world.queues.on('start-call')).toHaveLength(1);
  });

  it('stay with them although the rows that the timer read miss one: its own row decides', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ...numbers(2));
    await tendOutages(world.services);
    await allAnswer(world);
    world.passes(200);
    const { recipients } = world.services;
    recipients.due = async (shard, kind, limit) =>
      kind === 'leased' ? [] : Object.getPrototypeOf(recipients).due.call(recipients, shard, kind, limit);
    expect(await tendOutages(world.services)).toMatchObject([{ started: 0, problems: [] }]);
    expect(await held(world)).toHaveLength(1);
  });
});

describe('a line without a call', () => {
  it('is given to the next person two minutes after it was leased, if storage failed in between', async () => {
    const world = new MemoryWorld();
    const callers = [{ number: '+14255550190', lines: 50 }];
    await world.outage({ callers }, ...numbers(100));
    const { recipients } = world.services;
    recipients.dispatch = () => Promise.reject(new StorageError('no answer'));
    expect(await tendOutages(world.services)).toMatchObject([
      { problems: Array(50).fill(new StorageError('no answer')) },
    ]);
    recipients.dispatch = Object.getPrototypeOf(recipients).dispatch;
    expect(await held(world)).toHaveLength(50);
    world.passes(120);
    expect(await tendOutages(world.services)).toMatchObject([{ started: 0 }]);
    world.passes(10);
    expect(await tendOutages(world.services)).toMatchObject([{ started: 50 }]);
    expect(await inProgress(world)).toHaveLength(50);
  });

  it('that a finished outage left behind goes to another outage', async () => {
    const world = new MemoryWorld();
    const callers = [{ number: '+14255550190', lines: 1 }];
    await world.outage({ callers }, ...numbers(1));
    await tendOutages(world.services);
    world.services.lines.free = () => Promise.reject(new StorageError('no answer'));
    const [row] = await inProgress(world);
    if (!row) throw new Error('nobody is called');
    await concludeAttempt(world.services, refOf(row), { outcome: 'acknowledged' }).catch(() => undefined);
    world.services.lines.free = Object.getPrototypeOf(world.services.lines).free;
    expect(await tendOutages(world.services)).toMatchObject([{ state: 'finished' }]);
    world.passes(130);
    await world.outage({ id: 'flood', callers }, ...numbers(1));
    expect(await tendOutages(world.services)).toMatchObject([{ outage: 'flood', started: 1 }]);
  });

  it('is freed for a requested call that waits, although no outage runs', async () => {
    const world = new MemoryWorld();
    const { lines } = world.services;
    await lines.ensure(world.services.settings.callers, []);
    for (const line of await lines.list()) {
      await lines.lease(line, 'request|nobody|1', new Date(world.now.getTime() + 420_000), world.now);
    }
    const targets = [{ phoneNumber: { value: '+14255550121' } }];
    expect(await startRequestedCall(world.services, { targets, requestId: 'ann' }, 'm')).toMatchObject({
      result: 'postponed',
    });
    world.passes(130);
    await onTimer(world.services);
    expect(await held(world)).toEqual([]);
  });

  it('costs no request while it has a call: a tick reads the lines once, for all outages', async () => {
    const world = new MemoryWorld();
    const callers = [{ number: '+14255550190', lines: 3 }];
    await world.outage({ callers }, ...numbers(2));
    await world.outage({ id: 'flood', callers }, ...numbers(1));
    await tendOutages(world.services);
    expect(await held(world)).toHaveLength(3);
    world.passes(200);
    let surveys = 0;
    const survey = world.services.lines.survey.bind(world.services.lines);
    world.services.lines.survey = () => {
      surveys++;
      return survey();
    };
    world.services.recipients.find = () => Promise.reject(new Error('a holder was read'));
    expect(await tendOutages(world.services)).toMatchObject([{ problems: [] }, { problems: [] }]);
    expect(surveys).toBe(1);
  });
});

describe('a line that took long to get', () => {
  it('is not used: the timer may think that nobody will', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ...numbers(2));
    const { lines } = world.services;
    const lease = lines.lease.bind(lines);
    lines.lease = async (...asked) => {
      const answer = await lease(...asked);
      if (asked[1] !== '') world.passes(31);
      return answer;
    };
    await tendOutages(world.services);
    expect(world.queues.on('start-call')).toEqual([]);
    expect(await held(world)).toEqual([]);
  });
});

describe('the end of a call that is delivered twice', () => {
  it('does not pass on the line of a later call of the same attempt', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ...numbers(2));
    await tendOutages(world.services);
    await allAnswer(world);
    const [row] = await inProgress(world);
    if (!row) throw new Error('nobody is called');
    const stored = await world.services.recipients.find(refOf(row));
    const first = stored?.recipient.line;
    if (!stored || !first) throw new Error('they have no line');
    // The service has too many calls, which it says twice. The first copy postpones the attempt, and it is due again.
    const tooMany = ofLeg(stored.recipient.callLegId ?? '', endedWith(429, 8516));
    const purpose = { kind: 'attempt' as const, ...refOf(row) };
    await applyCallEvent(world.services, purpose, tooMany);
    world.passes(31);
    // The timer has leased the line for the attempt, and has not dispatched it yet, when the second copy comes.
    const { recipients } = world.services;
    const dispatch = recipients.dispatch.bind(recipients);
    recipients.dispatch = async (...asked) => {
      recipients.dispatch = dispatch;
      await applyCallEvent(world.services, purpose, tooMany);
      return dispatch(...asked);
    };
    await tendOutages(world.services);
    expect(await inProgress(world)).toHaveLength(1);
    expect(await held(world)).toHaveLength(1);
    // A process that still has the line of the earlier call cannot use it.
    await passOnLine(world.services, outage, first);
    expect(await inProgress(world)).toHaveLength(1);
  });
});

describe('a call that the service does not end', () => {
  it('is closed as unknown long after any call has ended, for a person to see, and its line is used again', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ...numbers(2));
    await tendOutages(world.services);
    const [first] = await inProgress(world);
    const ref = refOf(first ?? expect.fail('nobody is called'));
    const stored = await world.services.recipients.find(ref);
    if (!stored) throw new Error('they have gone');
    const dialling: Recipient = {
      ...stored.recipient,
      phase: 'dialling',
      askedAt: world.now.toISOString(),
      callLegId: 'leg-1',
    };
    await world.services.recipients.save(ref, stored, { recipient: dialling, due: 'unchanged' });
    const problems: unknown[] = [];
    for (let minute = 0; minute < 90; minute++) {
      world.passes(60);
      problems.push(...(await tendOutages(world.services)).flatMap((tended) => tended.problems));
    }
    expect(world.queues.on('hang-up').length).toBeGreaterThan(10);
    expect(problems).toEqual([expect.any(UnendedCallError)]);
    expect(String(problems[0])).toContain('leg-1');
    expect((await world.services.recipients.find(ref))?.recipient.results).toMatchObject([
      { outcome: 'unknown', reason: 'the service did not end it' },
    ]);
    expect(world.queues.on('start-call').length).toBeGreaterThan(1);
  });
});

describe('more than ten thousand lines', () => {
  it('are all seen, and made once', async () => {
    const world = new MemoryWorld();
    const { lines } = world.services;
    const callers = Array.from({ length: 11 }, (_, index) => ({ number: `+1425555${5000 + index}`, lines: 1000 }));
    await lines.ensure(callers, []);
    const { lines: all } = await lines.survey();
    expect(all).toHaveLength(11_000);
    expect(await lines.list()).toHaveLength(11_000);
    const store = new Error('a line was made again');
    Object.defineProperty(lines, 'lease', { value: () => Promise.reject(store) });
    await lines.ensure(callers, all);
  });
});
