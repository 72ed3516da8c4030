import { InvocationContext } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { done } from '../../src/lib/services/services.ts';
import { spanIn, traceOf, traceparent } from '../../src/lib/telemetry/traces.ts';
import { queueFunction } from '../../src/lib/triggers/queue-function.ts';
import { MemoryWorld } from './support/memory-services.ts';

const invocation = (): InvocationContext =>
  new InvocationContext({ functionName: 'hangUp', triggerMetadata: { id: 'message' }, logHandler: () => undefined });

const ref = { kind: 'attempt', outageId: 'storm', shard: 0, recipientId: 'ann', attempt: 1 } as const;

describe('the trace of a call', () => {
  it('is the same for the same attempt, whoever asks and whenever: so a crash does not break it', () => {
    expect(traceOf({ ...ref })).toEqual(traceOf(ref));
  });

  it('is another for another attempt, another person, another outage, and for a request by hand', () => {
    const others = [
      traceOf(ref),
      traceOf({ ...ref, attempt: 2 }),
      traceOf({ ...ref, recipientId: 'bob' }),
      traceOf({ ...ref, outageId: 'fire' }),
      traceOf({ kind: 'request', requestId: 'storm' }),
    ];
    expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(others.length);
  });
});

describe('a traceparent', () => {
  const { traceId, spanId } = traceOf(ref);

  it('names the span to go on from', () => {
    expect(spanIn(`00-${traceId}-${spanId}-01`)).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
  });

  it('that is none is passed over', () => {
    fc.assert(fc.property(fc.anything(), (anything) => spanIn(anything) === undefined));
    expect(spanIn(`00-${'0'.repeat(32)}-${spanId}-01`)).toBeUndefined();
  });

  it('is not made where nothing is traced', () => {
    expect(traceparent()).toBeUndefined();
  });

  it('on a message is taken off before the message is looked at', async () => {
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
