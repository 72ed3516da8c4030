import { describe, expect, it } from 'vitest';
import { UnansweredError } from '../../src/lib/base/errors.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { MEANINGS_GA } from '../../src/lib/call-automation/ga/meanings.ts';
import { meaningOfRefusal } from '../../src/lib/call-automation/meaning.ts';
import type { CallAutomation, RequestIdentity } from '../../src/lib/call-automation/port.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import { startAttempt } from '../../src/lib/calls/start-attempt.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { cancelOutage, pauseOutage } from '../../src/lib/outages/steer.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { Outages } from '../../src/lib/storage/outages.ts';
import { Recipients } from '../../src/lib/storage/recipients.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { tendRequests } from '../../src/lib/upkeep/tend-requests.ts';
import { numberIdOf, personId } from '../fixtures/ids.ts';
import { fillLines } from './support/fill-lines.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

/** Dialling with a service that recognises a repeated request, and with one that does not. */

const ANN = '+14255550121';

const lost = (): CallAutomationError =>
  new CallAutomationError({
    operation: 'createCall',
    status: 0,
    code: 'ECONNRESET',
    means: 'unreachable',
    message: 'the service did not answer',
    requestId: '',
    mayHaveHappened: true,
  });

const refusedWith = (status: number, code: string) => (): CallAutomationError =>
  new CallAutomationError({
    operation: 'createCall',
    status,
    code,
    means: meaningOfRefusal(MEANINGS_GA, status, code),
    message: 'the service refused',
    requestId: '',
    mayHaveHappened: false,
  });

const throttled = refusedWith(429, 'TooManyRequests');

/** The service: it dials once for each request identity, unless it does not recognise repeated requests. */
class Exchange {
  readonly asked: RequestIdentity[] = [];
  readonly legs = new Map<string, string>();
  /** The next answers; when none is left, a new call leg id. */
  readonly answers: (() => Error)[] = [];
  readonly #isRepeatable: boolean;
  dialled = 0;

  constructor(isRepeatable: boolean) {
    this.#isRepeatable = isRepeatable;
  }

  calls(services: Services): CallAutomation {
    return { ...services.calls, isRepeatable: this.#isRepeatable, createCall: (_request, asked) => this.#dial(asked) };
  }

  async #dial(asked: RequestIdentity): Promise<{ callLegId: string }> {
    this.asked.push(asked);
    const known = this.#isRepeatable ? this.legs.get(asked.identity) : undefined;
    const callLegId = known ?? `leg-${++this.dialled}`;
    this.legs.set(asked.identity, callLegId);
    const failure = this.answers.shift();
    if (failure) throw failure();
    return { callLegId };
  }
}

/** The process dies after the service has placed the call, before the call leg id is saved. */
class DyingRecipients extends Recipients {
  override async save(...args: Parameters<Recipients['save']>): ReturnType<Recipients['save']> {
    if (args[2].recipient.callLegId !== undefined) throw new Error('died');
    return super.save(...args);
  }
}

async function dispatched(isRepeatable: boolean) {
  const tables = new MemoryTables();
  const world = new MemoryWorld(tables);
  const { outage, people } = await world.outage({ retry: { maxAttempts: 2, delaySeconds: { busy: 1 } } }, ANN);
  await fillLines(world.services, outage);
  const exchange = new Exchange(isRepeatable);
  const services: Services = { ...world.services, calls: exchange.calls(world.services) };
  const ref: AttemptRef = {
    outageId: 'storm',
    shard: 0,
    recipientId: people[0]?.recipientId ?? personId('nobody'),
    attempt: 1,
  };
  const recipient = async () => (await services.recipients.find(ref))?.recipient;
  return { tables, world, exchange, services, ref, recipient };
}

describe('if the answer to createCall was lost', () => {
  it('the request is repeated to a service that recognises it, and the person is called once', async () => {
    const { world, exchange, services, ref, recipient } = await dispatched(true);
    exchange.answers.push(lost);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'postponed' });
    expect(world.queues.sent.at(-1)).toEqual({ queue: 'start-call', message: ref, delaySeconds: 20 });
    world.passes(20);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'done' });
    expect(exchange.dialled).toBe(1);
    expect(exchange.asked[1]).toEqual(exchange.asked[0]);
    expect((await recipient())?.callLegId).toBe('leg-1');
  });

  it.each([
    [400, '8523'],
    [404, '8522'],
    [409, 'Conflict'],
  ])(
    'and the repetition is refused with %i/%s, the line stays with the attempt: its call may be live',
    async (status, code) => {
      const { world, exchange, services, ref, recipient } = await dispatched(true);
      exchange.answers.push(lost, refusedWith(status, code));
      await startAttempt(services, ref);
      world.passes(20);
      const { result } = await startAttempt(services, ref);
      expect(['unanswered', 'postponed']).toContain(result);
      expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1, results: [] });
      expect((await services.lines.list()).filter(({ holder }) => holder !== '')).toHaveLength(1);
    },
  );

  it('and the repetition gets a passing refusal, the attempt stays claimed: the first request may have placed the call', async () => {
    const { world, exchange, services, ref, recipient } = await dispatched(true);
    exchange.answers.push(lost, throttled);
    await startAttempt(services, ref);
    world.passes(20);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'postponed' });
    expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1 });
    world.passes(20);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'done' });
    expect(exchange.dialled).toBe(1);
  });

  it('the request is not repeated if an earlier attempt has meanwhile ended for good', async () => {
    const { world, exchange, services, ref } = await dispatched(true);
    const stored = await services.recipients.find(ref);
    if (!stored) throw new Error('they have gone');
    const second = { ...ref, attempt: 2 };
    await services.recipients.save(ref, stored, { recipient: { ...stored.recipient, attempt: 2 }, due: 'unchanged' });
    exchange.answers.push(lost);
    await startAttempt(services, second);
    await concludeAttempt(services, ref, { outcome: 'declined' });
    world.passes(20);
    expect(await startAttempt(services, second)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toHaveLength(1);
  });

  it('another copy of the message waits while the first request may still be in progress', async () => {
    const { world, exchange, services, ref } = await dispatched(true);
    exchange.answers.push(lost);
    await startAttempt(services, ref);
    world.passes(19);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'postponed' });
    expect(exchange.asked).toHaveLength(1);
  });

  it('the request is not repeated to a service that would place a second call', async () => {
    const { exchange, services, ref } = await dispatched(false);
    exchange.answers.push(lost);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'unanswered' });
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.dialled).toBe(1);
  });
});

it('a refusal whose answer from storage is late leaves the next call of the same attempt alone', async () => {
  const { world, tables, exchange, services, ref, recipient } = await dispatched(false);
  class LateRecipients extends Recipients {
    isLate = true;
    override async save(...args: Parameters<Recipients['save']>): ReturnType<Recipients['save']> {
      const saved = await super.save(...args);
      if (!this.isLate || args[2].recipient.phase !== 'waiting') return saved;
      this.isLate = false;
      world.passes(60);
      await tendOutages(services);
      await startAttempt(services, ref);
      return undefined;
    }
  }
  exchange.answers.push(throttled);
  await startAttempt({ ...services, recipients: new LateRecipients(tables) }, ref);
  expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1, callLegId: 'leg-2' });
});

describe('if the process that sent the request has died and its message is never redelivered, the timer', () => {
  const died = async (isRepeatable: boolean) => {
    const started = await dispatched(isRepeatable);
    const dying: Services = { ...started.services, recipients: new DyingRecipients(started.tables) };
    await expect(startAttempt(dying, started.ref)).rejects.toThrow('died');
    return started;
  };

  it('repeats the request once when the lease ends, and the person is called once', async () => {
    const { world, exchange, services, ref, recipient } = await died(true);
    world.passes(300);
    await tendOutages(services);
    expect(world.queues.on('start-call')).toEqual([ref, ref]);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'done' });
    expect(exchange.dialled).toBe(1);
    expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1, callLegId: 'leg-1' });
  });

  it('concludes unknown if no event follows that either', async () => {
    const { world, services, recipient } = await died(true);
    world.passes(300);
    await tendOutages(services);
    world.passes(300);
    await tendOutages(services);
    expect(await recipient()).toMatchObject({ phase: 'done', outcome: 'unknown', reason: 'no news' });
  });

  it('does not repeat the request to a service that would place a second call: the outcome is unknown', async () => {
    const { world, services, ref, recipient } = await died(false);
    world.passes(300);
    await tendOutages(services);
    expect(world.queues.on('start-call')).toEqual([ref]);
    expect(await recipient()).toMatchObject({ phase: 'done', outcome: 'unknown' });
  });

  it('does not repeat the request without its line, which may be in use for another call', async () => {
    const { world, services, ref, recipient } = await died(true);
    const [line] = (await services.lines.list()).filter(({ holder }) => holder !== '');
    if (line) await services.lines.free(line, world.now);
    const free = (await services.lines.list()).find(({ lineId }) => lineId === line?.lineId);
    const others = new Date(world.now.getTime() + 1e9);
    await services.lines.lease(free ?? expect.fail('the line has gone'), 'others', others, world.now);
    world.passes(300);
    await tendOutages(services);
    expect(world.queues.on('start-call')).toEqual([ref]);
    expect(await recipient()).toMatchObject({ phase: 'done', outcome: 'unknown' });
  });

  it('does not call a person who has opted out meanwhile', async () => {
    const { world, exchange, services, ref } = await died(true);
    world.passes(300);
    await tendOutages(services);
    await services.optOuts.add(numberIdOf({ phoneNumber: { value: ANN } }), { outageId: 'storm', at: world.now });
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toHaveLength(1);
  });
});

it('a request that got no answer is not repeated if an earlier attempt has ended the matter meanwhile', async () => {
  const { world, exchange, services, ref } = await dispatched(true);
  await concludeAttempt(services, ref, { outcome: 'busy' });
  world.passes(2);
  const { outage } = await services.outages.read('storm');
  await fillLines(services, outage);
  exchange.answers.push(lost);
  const second = { ...ref, attempt: 2 };
  expect(await startAttempt(services, second)).toMatchObject({ result: 'postponed' });
  await concludeAttempt(services, ref, { outcome: 'heard' });
  world.passes(20);
  expect(await startAttempt(services, second)).toMatchObject({ result: 'superseded' });
  expect(exchange.asked).toHaveLength(1);
});

describe('a start message that is still on its queue when a person', () => {
  const free = async (services: Services): Promise<number> =>
    (await services.lines.list()).filter(({ leaseUntil }) => new Date(leaseUntil) <= services.now()).length;

  it('pauses the outage calls nobody: the attempt does not count, and the line is free', async () => {
    const { tables, exchange, services, ref, recipient } = await dispatched(false);
    await services.outages.recent('storm');
    // Another instance pauses it; this one still has the running outage in its cache.
    await pauseOutage({ ...services, outages: new Outages(tables, services.now) }, 'storm');
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'postponed', why: 'the outage is paused' });
    expect(await recipient()).toMatchObject({ phase: 'waiting', attempt: 0, results: [] });
    expect([exchange.asked.length, await free(services)]).toEqual([0, 2]);
  });

  it('stops the outage calls nobody, and the recipient has an outcome', async () => {
    const { exchange, services, ref, recipient } = await dispatched(false);
    await cancelOutage(services, 'storm', {});
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(await recipient()).toMatchObject({ phase: 'done', outcome: 'cancelled' });
    expect([exchange.asked.length, await free(services)]).toEqual([0, 2]);
  });

  it.each(['paused', 'stopped'])('has %s the outage does not repeat a request that got no answer', async (how) => {
    const { world, exchange, services, ref, recipient } = await dispatched(true);
    exchange.answers.push(lost);
    await startAttempt(services, ref);
    await (how === 'paused' ? pauseOutage(services, 'storm') : cancelOutage(services, 'storm', {}));
    world.passes(20);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toHaveLength(1);
    expect(await recipient()).toMatchObject({ phase: 'dialling' });
  });
});

describe('an attempt that the service refuses because of our key or role', () => {
  it.each([401, 403])('waits (%i), does not count, and is placed once the key or role works', async (status) => {
    const { world, exchange, services, ref, recipient } = await dispatched(true);
    const free = async () =>
      (await services.lines.list()).filter(({ leaseUntil }) => new Date(leaseUntil) <= services.now()).length;
    exchange.answers.push(refusedWith(status, 'Unauthorized'));
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'postponed' });
    expect(await recipient()).toMatchObject({ phase: 'waiting', attempt: 0, results: [] });
    expect(await free()).toBe(1);
    world.passes(30);
    expect(await free()).toBe(2);
    const { outage } = await services.outages.read('storm');
    expect(await fillLines(services, outage)).toMatchObject({ started: 1 });
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'done' });
    expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1 });
    expect(exchange.asked[1]?.identity).not.toBe(exchange.asked[0]?.identity);
  });
});

describe('a redelivered start message', () => {
  it('repeats the request and binds the call if the process that claimed the attempt has died', async () => {
    const { tables, world, exchange, services, ref, recipient } = await dispatched(true);
    const dying: Services = { ...services, recipients: new DyingRecipients(tables) };
    await expect(startAttempt(dying, ref)).rejects.toThrow('died');
    world.passes(20);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'done' });
    expect({ dialled: exchange.dialled, callLegId: (await recipient())?.callLegId }).toEqual({
      dialled: 1,
      callLegId: 'leg-1',
    });
  });

  it('does nothing once the call leg is known', async () => {
    const { exchange, services, ref } = await dispatched(true);
    await startAttempt(services, ref);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toHaveLength(1);
  });

  it('does nothing shortly before the lease ends: the timer checks it', async () => {
    const { world, exchange, services, ref } = await dispatched(true);
    exchange.answers.push(lost);
    await startAttempt(services, ref).catch(() => {});
    world.passes(290);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toHaveLength(1);
  });
});

describe('a claim whose answer from storage comes only when the lease has ended', () => {
  /** The claim is saved at once, and answered after this many seconds. */
  const answeredAfter = (seconds: number, world: MemoryWorld, services: Services): void => {
    const late =
      <Args extends unknown[], Answer>(save: (...args: Args) => Promise<Answer>) =>
      async (...args: Args): Promise<Answer> => {
        const saved = await save(...args);
        world.passes(seconds);
        return saved;
      };
    services.recipients.save = late(services.recipients.save.bind(services.recipients));
    services.requests.save = late(services.requests.save.bind(services.requests));
  };

  it('is not acted on: the attempt does not count, and the person is called once, later', async () => {
    const { world, exchange, services, ref, recipient } = await dispatched(false);
    answeredAfter(301, world, services);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'postponed' });
    expect(exchange.asked).toEqual([]);
    expect(await recipient()).toMatchObject({ phase: 'dispatched', attempt: 1, results: [] });
  });

  it('changes nothing if the timer has handled the attempt by then', async () => {
    const { world, exchange, services, ref, recipient } = await dispatched(false);
    const { save } = services.recipients;
    services.recipients.save = async (...args) => {
      services.recipients.save = save;
      const saved = await services.recipients.save(...args);
      world.passes(301);
      await tendOutages(services);
      return saved;
    };
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toEqual([]);
    expect((await recipient())?.results).toMatchObject([{ attempt: 1, outcome: 'unknown' }]);
  });

  it('is left to the lease by a service that may have been asked by another copy of the message', async () => {
    const { world, exchange, services, ref, recipient } = await dispatched(true);
    answeredAfter(301, world, services);
    expect(await startAttempt(services, ref)).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toEqual([]);
    expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1 });
  });

  it('is not acted on either for a call by hand, which waits', async () => {
    const { world, exchange, services } = await dispatched(false);
    answeredAfter(301, world, services);
    const request = { targets: [{ phoneNumber: { value: ANN } }], requestId: 'by-hand' };
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'postponed' });
    expect(exchange.asked).toEqual([]);
    expect((await services.requests.find('by-hand'))?.request).toMatchObject({ phase: 'waiting' });
  });
});

describe('a call that was turned away because there were too many', () => {
  const turnedAway = (callLegId: string) => ({
    type: 'CallLegStateChanged' as const,
    occurredAt: '2026-01-05T08:00:01.000Z',
    data: { callLegId, callState: 'terminated', ending: { means: 'limit', code: '429/8530' } as const },
  });

  it('does not count as an attempt: the person is called again with the same attempt number, by a new request', async () => {
    const { world, exchange, services, ref, recipient } = await dispatched(true);
    await startAttempt(services, ref);
    await applyCallEvent(services, { kind: 'attempt', ...ref }, turnedAway('leg-1'));
    expect(await recipient()).toMatchObject({ phase: 'waiting', attempt: 0, results: [] });
    world.passes(60);
    const { outage } = await services.outages.read('storm');
    expect(await fillLines(services, outage)).toMatchObject({ started: 1 });
    await startAttempt(services, ref);
    expect(exchange.dialled).toBe(2);
    expect(await recipient()).toMatchObject({ attempt: 1, callLegId: 'leg-2' });
  });

  it('and whose event is redelivered does not affect the new call', async () => {
    const { world, services, ref, recipient } = await dispatched(true);
    const purpose = { kind: 'attempt', ...ref } as const;
    await startAttempt(services, ref);
    await applyCallEvent(services, purpose, turnedAway('leg-1'));
    world.passes(60);
    const { outage } = await services.outages.read('storm');
    await fillLines(services, outage);
    await startAttempt(services, ref);
    await applyCallEvent(services, purpose, turnedAway('leg-1'));
    expect(await recipient()).toMatchObject({ phase: 'dialling', attempt: 1, callLegId: 'leg-2' });
  });
});

describe('a requested call that was turned away because there were too many', () => {
  it('waits, and is placed later by a new request', async () => {
    const { world, exchange, services } = await dispatched(true);
    const request = { targets: [{ phoneNumber: { value: ANN } }], requestId: 'by-hand' };
    await startRequestedCall(services, request, 'message');
    const turnedAway = {
      callLegId: 'leg-1',
      callState: 'terminated',
      ending: { means: 'limit', code: '429/8530' } as const,
    };
    const told = { type: 'CallLegStateChanged', occurredAt: '2026-01-05T08:00:01.000Z', data: turnedAway } as const;
    await applyCallEvent(services, { kind: 'request', requestId: 'by-hand' }, told);
    const waiting = (await services.requests.find('by-hand'))?.request;
    expect(waiting).toMatchObject({ phase: 'waiting' });
    expect(waiting?.line).toBeUndefined();
    world.passes(30);
    await tendRequests(services);
    expect(world.queues.on('start-call').at(-1)).toMatchObject(request);
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'done' });
    expect(exchange.dialled).toBe(2);
  });
});

describe('a requested call whose answer was lost', () => {
  const request = { targets: [{ phoneNumber: { value: ANN } }], requestId: 'by-hand' };

  it('is repeated as the same request if the service recognises it', async () => {
    const { world, exchange, services } = await dispatched(true);
    exchange.answers.push(lost, throttled);
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'postponed' });
    expect(world.queues.sent.at(-1)).toEqual({ queue: 'start-call', message: request, delaySeconds: 20 });
    world.passes(19);
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'postponed' });
    expect(exchange.asked).toHaveLength(1);
    world.passes(1);
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'postponed' });
    world.passes(20);
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'done' });
    expect(exchange.dialled).toBe(1);
    expect(new Set(exchange.asked.map(({ identity }) => identity)).size).toBe(1);
  });

  it('is repeated once more when its lease ends, and then given up', async () => {
    const { world, exchange, services } = await dispatched(true);
    exchange.answers.push(lost);
    await startRequestedCall(services, request, 'message');
    const before = world.queues.on('start-call').length;
    world.passes(300);
    await tendRequests(services);
    expect(world.queues.on('start-call')).toHaveLength(before + 1);
    world.passes(300);
    await tendRequests(services);
    expect((await services.requests.find('by-hand'))?.request).toMatchObject({ phase: 'done' });
    await expect(startRequestedCall(services, request, 'message')).rejects.toThrow(UnansweredError);
    expect(exchange.asked).toHaveLength(1);
  });

  it('is requested once from a service that would place a second call: its lease decides', async () => {
    const { exchange, services } = await dispatched(false);
    exchange.answers.push(lost);
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'unanswered' });
    expect(await startRequestedCall(services, request, 'message')).toMatchObject({ result: 'superseded' });
    expect(exchange.asked).toHaveLength(1);
  });
});
