import { describe, expect, it } from 'vitest';
import { UnansweredError } from '../../src/lib/base/errors.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import type { CallAutomation } from '../../src/lib/call-automation/port.ts';
import { requestOwner } from '../../src/lib/calls/request-owner.ts';
import { startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import type { Handled, Services } from '../../src/lib/services/services.ts';
import type { CallRequest } from '../../src/lib/storage/call-requests.ts';
import { isFree } from '../../src/lib/storage/lines.ts';
import { tendRequests } from '../../src/lib/upkeep/tend-requests.ts';
import { MemoryWorld } from './support/memory-services.ts';

const ANN = { targets: [{ phoneNumber: { value: '+14255550121' } }], requestId: 'ann' };

/** The service's answer to a request to call. */
type Answering = () => Promise<{ callLegId: string }>;

class RequestWorld extends MemoryWorld {
  dialled = 0;

  call(message: { targets: typeof ANN.targets; requestId: string }, answer: Answering): Promise<Handled> {
    const calls: CallAutomation = {
      ...this.services.calls,
      createCall: () => {
        this.dialled++;
        return answer();
      },
    };
    const services: Services = { ...this.services, calls };
    return startRequestedCall(services, message, message.requestId);
  }

  async request(id: string): Promise<CallRequest | undefined> {
    return (await this.services.requests.find(id))?.request;
  }

  async freeLines(): Promise<number> {
    return (await this.services.lines.list()).filter((line) => isFree(line, this.now)).length;
  }
}

const answers: Answering = async () => ({ callLegId: 'leg-1' });
const throttling: Answering = async () => {
  throw new CallAutomationError({
    operation: 'createCall',
    status: 429,
    code: 'TooMany',
    means: 'congested',
    message: 'no',
    requestId: '',
    mayHaveHappened: false,
  });
};

/** The process dies during its request, and no event follows. Resolves when the request was sent. */
function dyingCall(world: RequestWorld): Promise<void> {
  return new Promise((resolve) => {
    void world.call(ANN, () => {
      resolve();
      return new Promise(() => undefined);
    });
  });
}

describe('a call requested by hand', () => {
  it('keeps what was asked for first, also what another version wrote, if a copy of its message differs', async () => {
    const world = new RequestWorld();
    await world.call({ ...ANN, ...{ nextVersion: true } }, throttling);
    expect(await world.request('ann')).toMatchObject({ phase: 'waiting' });
    world.passes(60);
    await world.call({ ...ANN, targets: [{ phoneNumber: { value: '+14255550122' } }] }, answers);
    expect((await world.request('ann'))?.message).toMatchObject({ ...ANN, nextVersion: true });
  });

  it('is dialled once, however often its message is delivered', async () => {
    const world = new RequestWorld();
    expect(await world.call(ANN, answers)).toMatchObject({ result: 'done' });
    expect(await world.call(ANN, answers)).toMatchObject({ result: 'superseded' });
    expect(world.dialled).toBe(1);
  });

  it('waits if there is no free line; the timer sends its message again, once, however many copies there were', async () => {
    const world = new RequestWorld();
    for (const requestId of ['bob', 'eve']) await world.call({ ...ANN, requestId }, answers);
    for (let copy = 0; copy < 3; copy++) {
      expect(await world.call(ANN, answers)).toMatchObject({ result: 'postponed' });
    }
    world.passes(10);
    await Promise.all([tendRequests(world.services), tendRequests(world.services)]);
    expect(world.queues.on('start-call')).toEqual([ANN]);
    expect(world.dialled).toBe(2);
  });

  it('does not take a line whose lease has ended from a call that may be live, however long the timer is away', async () => {
    const world = new RequestWorld();
    for (const requestId of ['bob', 'eve']) await world.call({ ...ANN, requestId }, answers);
    world.passes(300 + 120 + 1);
    expect(await world.call(ANN, answers)).toMatchObject({ result: 'postponed' });
    world.passes(3600);
    expect(await world.call(ANN, answers)).toMatchObject({ result: 'postponed' });
    expect(world.dialled).toBe(2);
  });

  it('takes a line whose lease has ended if its holder has no call', async () => {
    const world = new RequestWorld();
    const { lines, outages } = world.services;
    await world.outage({}, '+14255550131');
    const [first, second] = await lines.list();
    if (!first || !second) throw new Error('there are no lines');
    const until = new Date(world.now.getTime() + 420_000);
    await lines.lease(first, 'storm|0123456789abcdef|1|1', until, world.now);
    await lines.lease(second, 'request|nobody|1', until, world.now);
    world.passes(421);
    expect(await world.call(ANN, answers)).toMatchObject({ result: 'done' });
    expect(await world.call({ ...ANN, requestId: 'bob' }, answers)).toMatchObject({ result: 'done' });
    expect(await outages.list()).toHaveLength(1);
  });

  it('without any event ends on the poison queue, and its line is free again', async () => {
    const world = new RequestWorld();
    await dyingCall(world);
    world.passes(300);
    expect(await tendRequests(world.services)).toEqual({ healed: 1, problems: [] });
    expect(await world.request('ann')).toMatchObject({ phase: 'done' });
    expect(await world.freeLines()).toBe(2);
    expect(world.queues.on('start-call')).toEqual([ANN]);
    await expect(world.call(ANN, answers)).rejects.toThrow(UnansweredError);
    expect(world.dialled).toBe(1);
  });

  it('that lost its line is not placed without one: it ends on the poison queue, and the line stays with its new holder', async () => {
    const world = new RequestWorld();
    const { lines, calls } = world.services;
    await dyingCall(world);
    const [line] = (await lines.list()).filter(({ holder }) => holder !== '');
    if (!line) throw new Error('the request has no line');
    const until = new Date(world.now.getTime() + 3_600_000);
    await lines.lease(line, 'storm|0123456789abcdef|1|1', until, world.now);
    world.passes(300);
    await tendRequests({ ...world.services, calls: { ...calls, isRepeatable: true } });
    expect(world.queues.on('start-call')).toEqual([ANN]);
    await expect(world.call(ANN, answers)).rejects.toThrow(UnansweredError);
    expect(world.dialled).toBe(1);
    expect((await lines.list()).find(({ lineId }) => lineId === line.lineId)?.holder).toBe(
      'storm|0123456789abcdef|1|1',
    );
  });

  it('is left alone by a slow timer that still sees it waiting', async () => {
    const world = new RequestWorld();
    const { requests } = world.services;
    for (const requestId of ['bob', 'eve', 'ann']) await world.call({ ...ANN, requestId }, answers);
    world.passes(10);
    const seen = (await requests.due()).filter(({ at }) => at <= world.now);
    expect(seen.map(({ requestId }) => requestId)).toEqual(['ann']);
    await requestOwner(world.services, 'bob').conclude({ outcome: 'answered' }, 'leg-bob');
    await dyingCall(world);
    requests.due = () => Promise.resolve(seen);
    await tendRequests(world.services);
    expect(await world.request('ann')).toMatchObject({ phase: 'dialling' });
    expect(world.queues.on('start-call')).toEqual([]);
  });

  it.each([401, 403])(
    'waits while the service refuses our key or role (%i), and is placed once they work',
    async (status) => {
      const world = new RequestWorld();
      const refusal = { operation: 'createCall', status, code: 'Unauthorized', message: 'no', requestId: '' };
      const means = 'denied';
      const refuses: Answering = () =>
        Promise.reject(new CallAutomationError({ ...refusal, means, mayHaveHappened: false }));
      expect(await world.call(ANN, refuses)).toMatchObject({ result: 'postponed' });
      expect(await world.request('ann')).toMatchObject({ phase: 'waiting' });
      expect(await world.freeLines()).toBe(1);
      world.passes(10);
      expect(await world.freeLines()).toBe(2);
      await tendRequests(world.services);
      expect(world.queues.on('start-call')).toEqual([ANN]);
      expect(await world.call(ANN, answers)).toMatchObject({ result: 'done' });
      expect(world.dialled).toBe(2);
    },
  );

  it('that ended while the service refused it for now is not reported as placed again', async () => {
    const world = new RequestWorld();
    const refusal = { operation: 'createCall', status: 429, code: 'TooMany', message: 'no', requestId: '' };
    const means = 'limit';
    const handled = await world.call(ANN, async () => {
      await requestOwner(world.services, 'ann').conclude({ outcome: 'answered' }, 'leg-ann');
      throw new CallAutomationError({ ...refusal, means, mayHaveHappened: false });
    });
    expect(handled).toMatchObject({ result: 'superseded' });
    expect(await world.request('ann')).toMatchObject({ phase: 'done' });
    expect(await world.freeLines()).toBe(2);
  });

  it('fails with the reason if the service refuses it for good, and can be enqueued again', async () => {
    const world = new RequestWorld();
    const refusal = { operation: 'createCall', status: 400, code: '8523', message: 'bad request', requestId: '' };
    const means = 'ours';
    const refuses: Answering = () =>
      Promise.reject(new CallAutomationError({ ...refusal, means, mayHaveHappened: false }));
    await expect(world.call(ANN, refuses)).rejects.toThrow('bad request');
    expect(await world.request('ann')).toBeUndefined();
    expect(await world.freeLines()).toBe(2);
    expect(await world.call(ANN, answers)).toMatchObject({ result: 'done' });
  });

  it('that lasts too long is hung up until the service knows no such call', async () => {
    const world = new RequestWorld();
    await world.call(ANN, answers);
    for (let looks = 0; looks < 3; looks++) {
      world.passes(300);
      await tendRequests(world.services);
    }
    const hangUps = world.queues.on('hang-up');
    expect(new Set(hangUps.map((message) => JSON.stringify(message))).size).toBe(3);
    expect(await world.freeLines()).toBe(1);
    const refused = { operationContext: 'x', action: 'hang-up', at: world.now.toISOString() } as const;
    await world.services.legs.keepAction('leg-1', { ...refused, status: 'superseded', reason: 'there is no call' });
    world.passes(300);
    await tendRequests(world.services);
    expect(await world.request('ann')).toMatchObject({ phase: 'done' });
    expect(await world.freeLines()).toBe(2);
    expect(world.queues.on('start-call')).toEqual([]);
  });
});
