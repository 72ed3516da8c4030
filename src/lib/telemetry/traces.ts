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
import { reasonOf } from '../base/reported.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';

/**
 * Traces, on the OpenTelemetry API. Without the SDK (azure-monitor.ts) they do nothing, at almost no cost.
 * Attributes contain only our own ids and fixed words: never a phone number, a name, a text or a token.
 */

/** Incoming work is SERVER, also from a queue: Application Insights shows no name for a CONSUMER. */
export { SpanKind } from '@opentelemetry/api';

type Traced = {
  readonly kind?: SpanKind;
  /** Parent span. Default: the active span. */
  readonly parent?: SpanContext | undefined;
  /** Span of another trace that caused this one; added as a link. */
  readonly cause?: SpanContext | undefined;
  readonly attributes?: Attributes;
};

/** Runs `work` in a span. Records the reason of its error, and rethrows it. */
export function traced<Answer>(
  name: string,
  { kind = SpanKind.INTERNAL, parent, cause, attributes = {} }: Traced,
  work: (span: Span) => Promise<Answer>,
): Promise<Answer> {
  const from = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : context.active();
  const links = cause ? [{ context: cause }] : [];
  // Get the tracer each time: one from before the SDK is loaded does not use it.
  const tracer = trace.getTracer('ringdown');
  return tracer.startActiveSpan(name, { kind, attributes, links }, from, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The active span; undefined if tracing is off. */
export const currentSpan = (): SpanContext | undefined => trace.getActiveSpan()?.spanContext();

/**
 * The trace of a call, derived from its purpose. The message, the row and the callback token all name the purpose, so a
 * call has one trace from dispatch to outcome, even across a crash, and a retried request keeps its callback URI.
 */
export function traceOf(purpose: CallPurpose): SpanContext {
  const name =
    purpose.kind === 'attempt'
      ? `attempt ${purpose.outageId} ${purpose.recipientId} ${purpose.attempt}`
      : `request ${purpose.requestId}`;
  const hex = createHash('sha256').update(name).digest('hex');
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** The active span as a W3C Trace Context `traceparent`; undefined if tracing is off. */
export function traceparent(): string | undefined {
  const span = currentSpan();
  if (!span || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & TraceFlags.SAMPLED}`;
}

const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** Parses a `traceparent`; undefined if it is not valid. */
export function spanIn(text: unknown): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = typeof text === 'string' ? (TRACEPARENT.exec(text) ?? []) : [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
