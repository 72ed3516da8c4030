import { createHash } from 'node:crypto';
import {
  type Attributes,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { masked } from '../base/masking.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';

/**
 * Traces, by OpenTelemetry's API: without the SDK behind it (azure-monitor.ts) nothing is kept and next to nothing costs time.
 * Attributes are ids of ours and words of ours: never a number, a name, a text or a token.
 */

/** What is brought to us is SERVER, also by a queue: to Application Insights a CONSUMER has no name. */
export { SpanKind } from '@opentelemetry/api';

type Traced = {
  readonly kind?: SpanKind;
  /** What this goes on from; by default what is going on. */
  readonly parent?: SpanContext | undefined;
  /** Where it came from, if that is a trace of its own. */
  readonly cause?: SpanContext | undefined;
  readonly attributes?: Attributes;
};

/** Does the work as a span, which ends with it and tells its error, masked. */
export function traced<Answer>(
  name: string,
  { kind = SpanKind.INTERNAL, parent, cause, attributes = {} }: Traced,
  work: (span: Span) => Promise<Answer>,
): Promise<Answer> {
  const from = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : context.active();
  const links = cause ? [{ context: cause }] : [];
  // Asked for anew each time: the SDK comes later than the first functions, and a tracer from before knows nothing of it.
  const tracer = trace.getTracer('ringdown');
  return tracer.startActiveSpan(name, { kind, attributes, links }, from, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: masked(String(error)) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What is going on, in its own trace; undefined where nothing is traced. */
export const currentSpan = (): SpanContext | undefined => trace.getActiveSpan()?.spanContext();

/**
 * The trace of a call. It follows from what the call is for, which its message, its row and the token of its callback URI all
 * name: so it is one trace from the dispatch to the outcome, also where a process died in between, and the URI of a request
 * that is repeated stays the same.
 */
export function traceOf(purpose: CallPurpose): SpanContext {
  const name =
    purpose.kind === 'attempt'
      ? `attempt ${purpose.outageId} ${purpose.recipientId} ${purpose.attempt}`
      : `request ${purpose.requestId}`;
  const hex = createHash('sha256').update(name).digest('hex');
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** W3C Trace Context, as messages carry it; undefined where nothing is traced. */
export function traceparent(): string | undefined {
  const span = currentSpan();
  if (!span || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & TraceFlags.SAMPLED}`;
}

const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** The span that a `traceparent` names; undefined of anything else. */
export function spanIn(text: unknown): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = typeof text === 'string' ? (TRACEPARENT.exec(text) ?? []) : [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
