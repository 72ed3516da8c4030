import type { InvocationContext } from '@azure/functions';
import type { Span, SpanContext } from '@opentelemetry/api';
import type { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { masked } from '../base/masking.ts';
import { problemsOf } from '../base/problems.ts';
import type { Handled, Services } from '../services/services.ts';
import type { QueueName } from '../storage/queue-store.ts';
import { SpanKind, spanIn, traced } from '../telemetry/traces.ts';

/**
 * The one way from a queue message to a workflow: parse it, do it, log what came of it. One that fails is tried again by
 * the host and then kept on the poison queue; why it failed is put on record, for `npm run poison`.
 * @param work gets the message and its id on the queue, which stays the same when it is delivered again.
 */
export function onMessage<Schema extends z.ZodType>(
  { failures, now }: Pick<Services, 'failures' | 'now'>,
  queue: QueueName,
  schema: Schema,
  work: (message: z.infer<Schema>, messageId: string) => Promise<Handled>,
): (message: unknown, context: InvocationContext) => Promise<void> {
  return (given, context) => {
    const { message, from } = taken(given);
    const attributes = { 'ringdown.queue': queue };
    return traced(`queue ${queue}`, { kind: SpanKind.SERVER, parent: from, attributes }, (span) =>
      handle(message, context, span),
    );
  };

  async function handle(message: unknown, context: InvocationContext, span: Span): Promise<void> {
    try {
      const parsed = schema.safeParse(message);
      if (!parsed.success) throw new InvalidInputError('The message does not fit its queue', problemsOf(parsed.error));
      const messageId = context.triggerMetadata?.['id'];
      if (typeof messageId !== 'string') throw new Error('The host gave the queue message no id');
      const handled = await work(parsed.data, messageId);
      span.setAttributes({ 'ringdown.result': handled.result, 'ringdown.why': handled.why });
      context.info(`${handled.result}: ${handled.why}`);
    } catch (error) {
      const reason = masked(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      // The message fails of what it fails of, also where that cannot be put on record.
      await failures.record(queue, message, reason, now()).catch((unrecorded) => context.error(unrecorded));
      throw error;
    }
  }
}

/** A message without what telemetry/traced-queues.ts has added to it. */
function taken(message: unknown): { message: unknown; from: SpanContext | undefined } {
  if (typeof message !== 'object' || message === null || !('traceparent' in message)) {
    return { message, from: undefined };
  }
  const { traceparent, ...rest } = message;
  return { message: rest, from: spanIn(traceparent) };
}
