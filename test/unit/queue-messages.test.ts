import { readFileSync } from 'node:fs';
import { InvocationContext, type TriggerMetadata } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../../src/lib/base/errors.ts';
import {
  addressOf,
  CallAction,
  CancelMedia,
  HangUp,
  InviteParticipants,
  JoinCall,
  PlayAudio,
  RemoveParticipant,
  StartAttempt,
  StartRequestedCall,
} from '../../src/lib/rules/calls/actions.ts';
import { done } from '../../src/lib/services/services.ts';
import { QUEUES, type QueueName } from '../../src/lib/storage/queue-store.ts';
import { queueFunction } from '../../src/lib/triggers/queue-function.ts';
import { MemoryWorld } from './support/memory-services.ts';

const SCHEMAS: Readonly<Record<QueueName, z.ZodType>> = {
  'start-call': z.union([StartAttempt, StartRequestedCall]),
  'join-call': JoinCall,
  'play-audio': PlayAudio,
  'cancel-media': CancelMedia,
  'invite-participants': InviteParticipants,
  'remove-participant': RemoveParticipant,
  'hang-up': HangUp,
};

const guide = readFileSync(new URL('../../docs/queues.md', import.meta.url), 'utf8');

/** The messages for a queue in the guide to the queues. */
function shownFor(queue: QueueName): unknown[] {
  const section = guide.split(/^## /m).find((text) => text.startsWith(`\`${queue}\``)) ?? '';
  return [...section.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json ?? ''));
}

describe('the guide to the queues', () => {
  it.each(QUEUES)('shows a message for %s, and it fits the schema', (queue) => {
    const shown = shownFor(queue);
    expect(shown).not.toEqual([]);
    for (const message of shown) expect(() => SCHEMAS[queue].parse(message)).not.toThrow();
  });
});

const audioFileUri = 'https://audio.example/message.wav';
const ann = { phoneNumber: { value: '+14255550123' } };
const attempt = { outageId: 'storm', shard: 0, recipientId: 'ann', attempt: 1 };

describe('a message is refused, and the error names what is wrong', () => {
  it.each([
    ['start-call', { targets: [] }],
    ['start-call', { targets: [{ phoneNumber: { value: '555 0123' } }] }],
    ['start-call', { ...attempt, attempt: 0 }],
    ['start-call', { ...attempt, outageId: 'storm|1' }],
    ['join-call', { audioFileUri }],
    ['play-audio', { callLegId: 'leg-1' }],
    ['play-audio', { callLegId: 'leg-1', audioFileUri: 'message.wav' }],
    ['play-audio', { callLegId: '', audioFileUri }],
    ['play-audio', { callLegId: 'leg-1', audioFileUri, operationContext: '' }],
    ['cancel-media', {}],
    ['invite-participants', { callLegId: 'leg-1', participants: [] }],
    ['invite-participants', { participants: [ann] }],
    ['invite-participants', { callLegId: 'leg-1', conversationId: 'talk-1', participants: [ann] }],
    ['remove-participant', { callLegId: 'leg-1' }],
    ['remove-participant', { participantId: 'p-1' }],
    ['hang-up', 'leg-1'],
  ] as const)('%s %j', (queue, message) => {
    expect(SCHEMAS[queue].safeParse(message).success).toBe(false);
  });

  it('if it names both a call leg and a conversation, or neither', () => {
    const both = InviteParticipants.safeParse({ callLegId: 'leg-1', conversationId: 'talk-1', participants: [ann] });
    expect(both.error?.issues.map(({ message }) => message)).toEqual([
      'must name exactly one of callLegId and conversationId',
    ]);
  });
});

describe('the address of an action', () => {
  it('is the call leg, or the conversation', () => {
    expect(addressOf({ callLegId: 'leg-1' })).toEqual({ id: 'leg-1', address: { callLegId: 'leg-1' } });
    expect(addressOf({ conversationId: 'talk-1' })).toEqual({ id: 'talk-1', address: { conversationId: 'talk-1' } });
  });
});

describe('a message of another version of the app', () => {
  it.each([
    ['start-call', { targets: [ann], colour: 'red' }],
    ['start-call', { ...attempt, colour: 'red' }],
    ['hang-up', { callLegId: 'leg-1', when: 'now' }],
  ] as const)('may have members that this version does not know, and they are kept: %s %j', (queue, message) => {
    expect(SCHEMAS[queue].parse(message)).toEqual(message);
  });
});

describe('an action of the script', () => {
  it('is a message that fits its queue', () => {
    const action = {
      queue: 'play-audio',
      message: { callLegId: 'leg-1', audioFileUri, operationContext: 'message-1' },
    };
    expect(CallAction.parse(action)).toEqual(action);
    expect(CallAction.safeParse({ ...action, queue: 'ring-twice' }).success).toBe(false);
  });
});

describe('a message from its queue', () => {
  const { services } = new MemoryWorld();
  const taken = async (message: unknown, triggerMetadata: TriggerMetadata = { id: 'message-id' }) => {
    const log: string[] = [];
    const seen: unknown[] = [];
    const context = new InvocationContext({
      invocationId: 'invocation-id',
      triggerMetadata,
      logHandler: (_, ...values) => log.push(values.join(' ')),
    });
    const { handlerFor } = queueFunction('hang-up', HangUp, async (_services, parsed, id) => {
      seen.push({ parsed, id });
      return done('hung up');
    });
    await handlerFor(services)(message, context);
    return { log, seen };
  };

  it('is handled with its id, and the result is logged', async () => {
    await expect(taken({ callLegId: 'leg-1' })).resolves.toEqual({
      log: ['done: hung up'],
      seen: [{ parsed: { callLegId: 'leg-1' }, id: 'message-id' }],
    });
  });

  it.each([{}, { id: '' }, { dequeueCount: 0, popReceipt: '' }])(
    'is handled with the id of the invocation if it was run by hand: %j',
    async (metadata) => {
      const { seen } = await taken({ callLegId: 'leg-1' }, metadata);
      expect(seen).toEqual([{ parsed: { callLegId: 'leg-1' }, id: 'invocation-id' }]);
    },
  );

  it('that hides its id is refused: with another id at each delivery, an action would be asked twice', async () => {
    const metadata = { id: { mine: 1 }, popReceipt: 'receipt' };
    await expect(taken({ callLegId: 'leg-1' }, metadata)).rejects.toThrow('id: must be a text');
  });

  it('may have a byte order mark', async () => {
    const { seen } = await taken('\ufeff{"callLegId":"leg-1"}');
    expect(seen).toEqual([{ parsed: { callLegId: 'leg-1' }, id: 'message-id' }]);
  });

  it.each([
    ['eyJjYWxsTGVnSWQiOiJsZWctMSJ9', 'is base64, send plain JSON'],
    ['{callLegId:leg-1}', 'is not JSON: its names have no double quotes'],
  ])('that is no JSON says so: %s', async (message, problem) => {
    await expect(taken(message)).rejects.toThrow(`The message does not fit its queue: ${problem}`);
  });

  it('is refused with an example that is not masked, there and in what is recorded', async () => {
    const message = { targets: [{ phoneNumber: { value: '+1 (425) 555-0182' } }] };
    const handle = queueFunction('start-call', StartRequestedCall, async () => done('taken')).handlerFor(services);
    const context = new InvocationContext({ triggerMetadata: { id: 'm' }, logHandler: () => undefined });
    await expect(handle(message, context)).rejects.toThrow('e.g. +14255550123');
    expect((await services.failures.find('start-call', message))?.reason).toContain('e.g. +14255550123');
  });

  it('that does not fit throws the reason, so that it ends on the poison queue', async () => {
    await expect(taken({ callLegId: 7 })).rejects.toThrow(InvalidInputError);
    await expect(taken({ callLegId: 7 })).rejects.toThrow(/^The message does not fit its queue: callLegId: /);
  });

  it('rethrows the error even if recording it fails', async () => {
    const { services } = new MemoryWorld();
    const { failures } = services;
    failures.record = () => Promise.reject(new Error('no storage'));
    const log: string[] = [];
    const context = new InvocationContext({
      functionName: 'hangUp',
      invocationId: 'message-1',
      triggerMetadata: { id: 'message-1' },
      logHandler: (_level, ...words) => log.push(words.map(String).join(' ')),
    });
    const { handlerFor } = queueFunction('hang-up', HangUp, () => Promise.reject(new Error('the service is away')));
    await expect(handlerFor(services)({ callLegId: 'leg-1' }, context)).rejects.toThrow('the service is away');
    expect(log.join()).toContain('no storage');
  });

  it('that fails has its reason recorded, with numbers masked', async () => {
    await expect(taken({ callLegId: 1, '+14255550123': true })).rejects.toThrow(InvalidInputError);
    const failure = await services.failures.find('hang-up', { callLegId: 1, '+14255550123': true });
    expect(failure?.reason).toContain('InvalidInputError: The message does not fit its queue');
    expect(failure?.reason).not.toContain('4255550123');
  });
});
