import { describe, expect, it } from 'vitest';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { StartAttempt } from '../../src/lib/rules/calls/actions.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import { claimed } from '../../src/lib/rules/outages/attempts.ts';
import { viewRecipient } from '../../src/lib/views/recipient-view.ts';
import { numberIdOf, recipientIdOf } from '../fixtures/ids.ts';
import { onQueue } from '../fixtures/triggers.ts';
import { CallingWorld } from './support/calling-world.ts';
import { fillLines } from './support/fill-lines.ts';
import { audioEnded, established, tone } from './support/telephone-events.ts';

/**
 * Every way to place a call passes the same gate: attempts of outages, calls by hand, invitations by hand, and the
 * operators of a script.
 */

const ANN = { phoneNumber: { value: '+14255550121' } };
const OURS = '+14255550190';
const UNAVAILABLE = 'https://audio.example/unavailable.wav';

const lost = () =>
  new CallAutomationError({
    operation: 'createCall',
    status: 0,
    code: 'ECONNRESET',
    means: 'unreachable',
    message: 'the service did not answer',
    requestId: '',
    mayHaveHappened: true,
  });

type Callee = { readonly phoneNumber: { value: string } } | { readonly communicationUser: { id: string } };
const phone = (value: string): Callee => ({ phoneNumber: { value } });
const user = (id: string): Callee => ({ communicationUser: { id } });

/** An app that may only call the US. */
const american = () =>
  new CallingWorld({ numbers: { countries: new Set(['US']), kinds: new Set(), own: new Set([OURS]) } });

/** A list that was uploaded before the settings forbade its numbers, and the attempt that calls somebody on it. */
async function inOutage(world: CallingWorld, callee: Callee, ...operators: Callee[]): Promise<AttemptRef> {
  const script = {
    message: 'https://audio.example/message.wav',
    unavailable: UNAVAILABLE,
    replays: 0,
    keyWaitSeconds: 5,
    keys: { operator: '2' as const },
    operators,
  };
  const { outage } = await world.outage({ script });
  const recipientId = recipientIdOf(callee);
  const { recipients } = world.services;
  const person = { recipientId, identifier: callee, phase: 'waiting' as const, attempt: 0, results: [] };
  await recipients.add({ outageId: 'storm', shard: 0 }, [person], () => world.now);
  await fillLines(world.services, outage);
  return { outageId: 'storm', shard: 0, recipientId, attempt: 1 };
}

/** Ann's call has come to the operator of its script. @returns what the function of the queue logs. */
async function asksForOperator(world: CallingWorld, operator: Callee): Promise<readonly string[]> {
  const ref = await inOutage(world, ANN, operator);
  const stored = (await world.services.recipients.find(ref)) ?? expect.fail('Ann is not on the list');
  await world.services.recipients.save(ref, stored, claimed(stored.recipient, world.now));
  for (const event of [established, tone('2'), audioEnded('cancelled', 'message-1')]) {
    await applyCallEvent(world.services, { kind: 'attempt', ...ref }, event);
  }
  const message = world.queues.on('invite-participants')[0] ?? expect.fail('nobody is invited');
  return onQueue('invite-participants', world.services, message, 'message');
}

/** Calls somebody in each way. Each says how it was refused. */
const WAYS: Readonly<Record<string, (world: CallingWorld, callee: Callee) => Promise<unknown>>> = {
  'on the list of an outage': async (world, callee) => {
    const ref = await inOutage(world, callee);
    await onQueue('start-call', world.services, StartAttempt.parse(world.queues.on('start-call')[0]), 'message');
    const { recipient } = (await world.services.recipients.find(ref)) ?? expect.fail('nobody is on the list');
    return viewRecipient(recipient);
  },
  'by hand': (world, callee) => onQueue('start-call', world.services, { targets: [callee] }, 'message'),
  'by an invitation': async (world, callee) => {
    await world.services.lines.ensure(world.services.settings.callers, []);
    return onQueue('invite-participants', world.services, { callLegId: 'leg', participants: [callee] }, 'message');
  },
  'as the operator of a script': asksForOperator,
};

const refusedIn = (way: string, world: CallingWorld, callee: Callee): Promise<unknown> =>
  WAYS[way]?.(world, callee).catch(String) ?? expect.fail('there is no such way');

describe.each(Object.keys(WAYS))('%s', (way) => {
  it.each([
    ['a premium-rate number', phone('+19005550123'), 'is a premium-rate number'],
    ['a premium-rate number of the UK', phone('+449098790000'), 'is a premium-rate number'],
    ['a personal number of the UK', phone('+447012345678'), 'is a personal number'],
    ['a satellite number', phone('+881612345678'), 'is a satellite number'],
    ['another satellite number', phone('+870773123456'), 'is a satellite number'],
    ['an international number', phone('+979123456789'), 'is a number of an international network'],
    ['a number of Cuba', phone('+5352345678'), 'is of CU'],
    ['a number of ours', phone(OURS), 'is one of our own caller numbers'],
    ['a number under the name of a user', user('4:+14255550121'), 'is not an ACS user id'],
    ['a bot', user('28:acs:bot'), 'is not an ACS user id'],
  ])('%s is not called, and the reason is told', async (_what, callee, why) => {
    const world = american();
    expect(JSON.stringify(await refusedIn(way, world, callee))).toContain(why);
    expect(world.called).toEqual([]);
  });

  it.each([
    ['a number', ANN],
    ['a user', user('8:acs:ann')],
  ])('%s that opted out is not called', async (_what, callee) => {
    const world = american();
    await world.services.optOuts.add(numberIdOf(callee), { at: world.now });
    expect(JSON.stringify(await refusedIn(way, world, callee))).toMatch(/opted ?out/i);
    expect(world.called).toEqual([]);
  });

  it('anybody else is called', async () => {
    const world = american();
    await refusedIn(way, world, phone('+14255550122'));
    expect(world.called).toEqual(['+14255550122']);
  });
});

describe('somebody who may not be called', () => {
  it('has the outcome failed with the reason, and is never called again', async () => {
    const world = american();
    expect(await refusedIn('on the list of an outage', world, phone('+5352345678'))).toMatchObject({
      state: 'done',
      outcome: 'failed',
      reason: 'notAllowed: is of CU, which the setting CALL_COUNTRIES does not name',
    });
  });

  it('as an operator is like one who declines: the callee hears that nobody is available', async () => {
    const world = american();
    expect(await asksForOperator(world, phone('+19005550123'))).toEqual([
      expect.stringMatching(/^superseded: .*premium/),
    ]);
    expect(JSON.stringify(world.queues.on('play-audio').at(-1))).toContain(UNAVAILABLE);
  });

  it('by hand is not waited for: a request whose number is forbidden meanwhile ends with its message', async () => {
    const world = american();
    const { services } = world;
    const noLine = { ...services, settings: { ...services.settings, callers: [{ number: '+14255550191', lines: 1 }] } };
    await services.lines.ensure(noLine.settings.callers, []);
    const [line] = await services.lines.list();
    if (line) await services.lines.lease(line, 'others', new Date(world.now.getTime() + 1e9), world.now);
    await onQueue('start-call', noLine, { targets: [ANN] }, 'message');
    expect(await services.requests.due()).toHaveLength(1);
    const stricter = {
      ...noLine,
      settings: { ...noLine.settings, numbers: { ...services.settings.numbers, countries: new Set(['DE']) } },
    };
    const again = world.queues.on('start-call').at(-1) ?? { targets: [ANN], requestId: 'message' };
    await expect(onQueue('start-call', stricter, again, 'message')).rejects.toThrow('is of US');
    expect(await services.requests.due()).toEqual([]);
  });
});

it('a call by hand that may have been placed is not asked for again once the person has opted out', async () => {
  const world = american();
  const calls = { ...world.services.calls, isRepeatable: true, createCall: () => Promise.reject(lost()) };
  const services = { ...world.services, calls };
  await onQueue('start-call', services, { targets: [ANN] }, 'message');
  await services.optOuts.add(numberIdOf(ANN), { at: world.now });
  world.passes(20);
  const again = world.queues.on('start-call').at(-1) ?? expect.fail('it is not asked for again');
  const works = { ...world.services, calls: { ...world.services.calls, isRepeatable: true } };
  expect(await onQueue('start-call', works, again, 'message')).toEqual([expect.stringContaining('opted out')]);
  expect(world.called).toEqual([]);
});

describe('a caller number that is not ours', () => {
  it('is not called from, although a line of it was given away before the setting changed', async () => {
    const world = american();
    const ref = await inOutage(world, ANN);
    const { services } = world;
    const other = { ...services, settings: { ...services.settings, callers: [{ number: '+14255550191', lines: 1 }] } };
    const message = StartAttempt.parse(world.queues.on('start-call')[0]);
    expect(await onQueue('start-call', other, message, 'message')).toEqual([
      expect.stringMatching(/^postponed: CALLER_/),
    ]);
    expect(world.called).toEqual([]);
    expect((await services.recipients.find(ref))?.recipient).toMatchObject({
      phase: 'waiting',
      attempt: 0,
      results: [],
    });
    expect((await services.lines.list()).filter(({ holder }) => holder !== '')).toEqual([]);
  });

  it.each([
    ['start-call', { targets: [ANN], callerNumber: '+14255550177' }, 'callerNumber: is not one of CALLER_NUMBERS'],
    [
      'invite-participants',
      { callLegId: 'leg', participants: [user('8:acs:bob')], alternateCallerId: { value: '+14255550177' } },
      'alternateCallerId.value: is not one of CALLER_NUMBERS',
    ],
  ] as const)('is not shown: %s', async (queue, message, why) => {
    const world = american();
    await expect(onQueue(queue, world.services, message, 'message')).rejects.toThrow(why);
    expect(world.called).toEqual([]);
  });
});
