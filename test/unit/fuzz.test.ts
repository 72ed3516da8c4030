import { HttpRequest, type HttpResponseInit, InvocationContext } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTRACTS } from '../../local/queue-contracts.ts';
import { InvalidInputError } from '../../src/lib/base/errors.ts';
import { receiveCallback } from '../../src/lib/calls/receive-callback.ts';
import { done } from '../../src/lib/services/services.ts';
import { QUEUES, type QueueName } from '../../src/lib/storage/queue-store.ts';
import type { TableName, Write } from '../../src/lib/storage/table-store.ts';
import { answering, jsonBody } from '../../src/lib/triggers/http.ts';
import { queueFunction } from '../../src/lib/triggers/queue-function.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const RUNS = 20_000;

/** Tables that count what is written. */
class CountingTables extends MemoryTables {
  commits = 0;
  override commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]> {
    this.commits++;
    return super.commit(table, partitionKey, writes);
  }
}

const context = new InvocationContext({ triggerMetadata: { id: 'message' }, logHandler: () => undefined });

const TYPES = [
  'CallLegStateChanged',
  'DtmfReceived',
  'PlayAudioResult',
  'InviteParticipantResult',
  'ParticipantsUpdated',
];
const values = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('Established', 'Terminated', 'Tone1', 'Completed', 200, 8508, null),
);

/** Values of which any part may or may not look like an event. */
const eventLike = fc.record(
  {
    eventType: fc.oneof(fc.constantFrom(...TYPES.map((type) => `Microsoft.Communication.${type}`)), values),
    eventTime: fc.oneof(fc.constant('2021-05-05T20:08:59.5783985Z'), values),
    subject: values,
    data: fc.oneof(
      fc.record(
        {
          CallLegId: fc.oneof(fc.constantFrom('leg-1', 'leg/2', ''), values),
          CallState: values,
          ToneInfo: fc.oneof(fc.record({ SequenceId: values, Tone: values }), values),
          Status: values,
          OperationContext: values,
          ResultInfo: fc.oneof(fc.record({ Code: values, Subcode: values }), values),
          Participants: fc.oneof(fc.array(fc.record({ Identifier: values, ParticipantId: values })), values),
        },
        { requiredKeys: [] },
      ),
      values,
    ),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  { weight: 6, arbitrary: eventLike.map((event) => JSON.stringify(event)) },
  { weight: 3, arbitrary: fc.array(eventLike, { maxLength: 3 }).map((events) => JSON.stringify(events)) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

async function post(world: MemoryWorld, token: string, body: string): Promise<number | undefined> {
  const handler = answering(async (request) => {
    await receiveCallback(world.services, { token, authorization: null }, () => jsonBody(request));
    return { status: 200 };
  });
  const url = 'https://ringdown.example/api/call-events/token';
  const answer: HttpResponseInit | undefined = await handler(
    new HttpRequest({ method: 'POST', url, body: { string: body } }),
    context,
  );
  return answer?.status;
}

describe('any callback', () => {
  it('with our token is accepted or refused with a reason, never a 5xx, and a refusal changes no row', async () => {
    const tables = new CountingTables();
    const world = new MemoryWorld(tables);
    const uri = await world.services.callbacks.uriFor({ kind: 'request', requestId: 'fuzz' });
    const token = uri.split('/').at(-1) ?? '';
    const seen = new Map<number | undefined, number>();
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const before = tables.commits;
        const status = await post(world, token, body);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        expect([200, 400]).toContain(status);
        if (status === 400) expect(tables.commits).toBe(before);
      }),
      { numRuns: RUNS },
    );
    // Both happen, or the generator tests nothing.
    expect(Math.min(seen.get(200) ?? 0, seen.get(400) ?? 0)).toBeGreaterThan(RUNS / 200);
  }, 120_000);

  it('with any other token is refused before its body is read', async () => {
    const tables = new CountingTables();
    const world = new MemoryWorld(tables);
    const uri = await world.services.callbacks.uriFor({ kind: 'request', requestId: 'fuzz' });
    const ours = uri.split('/').at(-1) ?? '';
    const changed = fc
      .tuple(fc.integer({ min: 0, max: ours.length - 1 }), fc.string({ minLength: 1, maxLength: 3 }))
      .map(([at, text]) => ours.slice(0, at) + text + ours.slice(at + 1))
      .filter(
        (token) =>
          Buffer.from(token.split('.').at(-1) ?? '', 'base64url').compare(
            Buffer.from(ours.split('.').at(-1) ?? '', 'base64url'),
          ) !== 0 || !token.startsWith(ours.slice(0, ours.lastIndexOf('.'))),
      );
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, fc.string(), fc.base64String()), async (token) => {
        let wasRead = false;
        const read = async () => {
          wasRead = true;
          return {};
        };
        await expect(receiveCallback(world.services, { token, authorization: null }, read)).rejects.toThrow(
          'The callback has no valid token',
        );
        expect(wasRead).toBe(false);
      }),
      { numRuns: RUNS / 4 },
    );
    expect(tables.commits).toBe(0);
  }, 120_000);
});

describe('any queue message', () => {
  const names = [
    'callLegId',
    'targets',
    'audioFileUri',
    'participants',
    'conversationId',
    'outageId',
    'shard',
    'attempt',
  ];
  const messages = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.oneof(values, fc.webUrl(), fc.nat())),
  );

  it.each(QUEUES)(
    '%s: fits its schema or is refused with the reason on record',
    async (queue: QueueName) => {
      const { services } = new MemoryWorld();
      await fc.assert(
        fc.asyncProperty(messages, async (message) => {
          for (const { schema } of CONTRACTS[queue]) {
            const handle = queueFunction(queue, schema, async () => done('taken')).handlerFor(services);
            const refusal = await handle(message, context).then(
              () => undefined,
              (error: unknown) => error,
            );
            expect(refusal === undefined).toBe(schema.safeParse(message).success);
            if (refusal === undefined) continue;
            expect(refusal).toBeInstanceOf(InvalidInputError);
            expect((await services.failures.find(queue, message))?.reason).toContain('does not fit its queue');
          }
        }),
        { numRuns: Math.ceil(RUNS / QUEUES.length) },
      );
    },
    120_000,
  );
});
