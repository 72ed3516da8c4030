import { InvocationContext } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { done } from '../../src/lib/services/services.ts';
import { spanIn, traceOf, traceparent } from '../../src/lib/telemetry/traces.ts';
import { queueFunction } from '../../src/lib/triggers/queue-function.ts';
import { personId } from '../fixtures/ids.ts';
import { MemoryWorld } from './support/memory-services.ts';

const invocation = (): InvocationContext =>
  new InvocationContext({ functionName: 'hangUp', triggerMetadata: { id: 'message' }, logHandler: () => undefined });

const ref = { kind: 'attempt', outageId: 'storm', shard: 0, recipientId: personId('ann'), attempt: 1 } as const;

describe('the trace of a call', () => {
  it('is the same for the same attempt in every process, so a crash does not break it', () => {
    expect(traceOf({ ...ref })).toEqual(traceOf(ref));
  });

  it('differs for another attempt, another person, another outage, and a call by hand', () => {
    const others = [
      traceOf(ref),
      traceOf({ ...ref, attempt: 2 }),
      traceOf({ ...ref, recipientId: personId('bob') }),
      traceOf({ ...ref, outageId: 'fire' }),
      traceOf({ kind: 'request', requestId: 'storm' }),
    ];
    expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(others.length);
  });
});

describe('a traceparent', () => {
  const { traceId, spanId } = traceOf(ref);

  it('names the parent span', () => {
    expect(spanIn(`00-${traceId}-${spanId}-01`)).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
  });

  it('that is invalid is ignored', () => {
    fc.assert(fc.property(fc.anything(), (anything) => spanIn(anything) === undefined));
    expect(spanIn(`00-${'0'.repeat(32)}-${spanId}-01`)).toBeUndefined();
  });

  it('is not created without an active trace', () => {
    expect(traceparent()).toBeUndefined();
  });

  it('is removed from a message before the message is parsed', async () => {
    const seen: unknown[] = [];
    const work = queueFunction('hang-up', z.strictObject({ a: z.string() }), async (_services, message) => {
      seen.push(message);
      return done('seen');
    }).handlerFor(new MemoryWorld().services);
    await work({ a: 'b', traceparent: `00-${traceId}-${spanId}-01` }, invocation());
    await work({ a: 'c', traceparent: 'nonsense' }, invocation());
    expect(seen).toEqual([{ a: 'b' }, { a: 'c' }]);
  });
});
