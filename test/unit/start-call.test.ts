import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/lib/base/errors.ts';
import { StartAttempt } from '../../src/lib/rules/calls/actions.ts';
import { onQueue } from '../fixtures/triggers.ts';
import { fillLines } from './support/fill-lines.ts';
import { MemoryWorld } from './support/memory-services.ts';

/** What becomes of a start message while storage fails. */

const ANN = '+14255550121';

const hiccup = () => Promise.reject(new StorageError('Table Recipients could not be used', { isTransient: true }));

describe('a start message that storage keeps from being handled', () => {
  it('is sent again over minutes, and fails only then', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({}, ANN);
    await fillLines(world.services, outage);
    const { recipients, queues } = world.services;
    recipients.find = hiccup;
    for (let resent = 0; resent < 4; resent++) {
      const message = StartAttempt.parse(world.queues.on('start-call').at(-1));
      const [log] = await onQueue('start-call', world.services, message, `message-${resent}`);
      expect(log).toMatch(/^postponed: sent again in/);
    }
    const sent = world.queues.sent.slice(1);
    expect(sent.map(({ delaySeconds }) => delaySeconds)).toEqual([5, 15, 45, 120]);
    const last = sent.at(-1)?.message ?? {};
    expect(last).toMatchObject({ outageId: 'storm', attempt: 1, resent: 4 });
    await expect(onQueue('start-call', world.services, last, 'message-4')).rejects.toThrow(StorageError);
    queues.send = () => Promise.reject(new Error('the queue fails too'));
    const first = StartAttempt.parse(world.queues.on('start-call')[0]);
    await expect(onQueue('start-call', world.services, first, 'message-0')).rejects.toThrow('Table Recipients');
  });

  it('is the same request when it was sent by hand, although the message has another id', async () => {
    const world = new MemoryWorld();
    const { requests } = world.services;
    requests.find = hiccup;
    await onQueue('start-call', world.services, { targets: [{ phoneNumber: { value: ANN } }] }, 'message-1');
    const targets = [{ phoneNumber: { value: ANN } }];
    expect(world.queues.on('start-call')).toEqual([{ targets, requestId: 'message-1', resent: 1 }]);
  });

  it('fails at once for any other reason', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({}, ANN);
    await fillLines(world.services, outage);
    world.services.recipients.find = () => Promise.reject(new StorageError('a stored row does not fit'));
    const message = StartAttempt.parse(world.queues.on('start-call')[0]);
    await expect(onQueue('start-call', world.services, message, 'message-1')).rejects.toThrow('does not fit');
    expect(world.queues.on('start-call')).toHaveLength(1);
  });
});
