import type { InvocationContext } from '@azure/functions';
import type { Span, SpanContext } from '@opentelemetry/api';
import type { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { notJson, withoutMark } from '../base/json-text.ts';
import { problemsOf } from '../base/problems.ts';
import { reasonOf, reported, safeToThrow } from '../base/reported.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { performAction } from '../calls/perform-action.ts';
import { addressOf } from '../rules/calls/actions.ts';
import type { Handled, Services } from '../services/services.ts';
import type { QueueName } from '../storage/queue-store.ts';
import { SpanKind, spanIn, traced } from '../telemetry/traces.ts';
import type { QueueFunction } from './functions.ts';

/**
 * Connects a queue to a workflow: parses the message, handles it, logs the result. If it fails, the host
 * delivers it again and finally moves it to the poison queue; the reason is recorded for `npm run poison`.
 * @param handle gets the message and its id on the queue, which stays the same when it is delivered again. A run by hand
 * (`POST /admin/functions/{name}`) has no message, and gets the id of the invocation.
 */
export function queueFunction<Schema extends z.ZodType>(
  queue: QueueName,
  message: Schema,
  handle: (services: Services, message: z.infer<Schema>, messageId: string) => Promise<Handled>,
): QueueFunction {
  return {
    kind: 'queue',
    queue,
    message,
    handlerFor: (services) => (given, context) => {
      const { body, from } = withoutTrace(messageIn(given));
      const attributes = { 'ringdown.queue': queue };
      return traced(`queue ${queue}`, { kind: SpanKind.SERVER, parent: from, attributes }, (span) =>
        run(services, body, context, span),
      );
    },
  };

  async function run(services: Services, body: unknown, context: InvocationContext, span: Span): Promise<void> {
    try {
      const parsed = message.safeParse(body);
      if (!parsed.success) {
        const problems = typeof body === 'string' ? [notJson(body)] : problemsOf(parsed.error);
        throw new InvalidInputError('The message does not fit its queue', problems);
      }
      const { result, why } = await handle(services, parsed.data, messageIdOf(context));
      span.setAttributes({ 'ringdown.result': result, 'ringdown.why': why });
      context.info(`${result}: ${why}`);
    } catch (error) {
      const reason = reasonOf(error);
      // Rethrow it even if recording it fails.
      const recorded = services.failures.record(queue, body, reason, services.now());
      await recorded.catch((unrecorded) => context.error(reported(unrecorded)));
      throw safeToThrow(error);
    }
  }
}

/** @throws Error for a message whose id the host hid: a member of the same name, which is not a text, takes its place. */
function messageIdOf({ triggerMetadata, invocationId }: InvocationContext): string {
  const { id, popReceipt } = triggerMetadata ?? {};
  if (typeof id === 'string' && id !== '') return id;
  if (typeof popReceipt !== 'string' || popReceipt === '') return invocationId;
  throw new InvalidInputError('The message does not fit its queue', ['id: must be a text']);
}

/** The members that every message for a call action has. */
type ActionMessage = {
  readonly callLegId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly operationContext?: string | undefined;
  readonly onlyIfAwaited?: boolean | undefined;
};

/** A message whose action has a name: its own, or else the message's id on the queue. */
type Named<Message> = Message & { readonly operationContext: string };

/**
 * A queue function that asks the service for one call action, once.
 * @param ask sends the request; `as` identifies it, so that the service can recognise a repetition.
 */
export function actionFunction<Schema extends z.ZodType<ActionMessage>>(
  queue: QueueName,
  schema: Schema,
  ask: (
    services: Services,
    message: Named<z.infer<Schema>>,
    as: RequestIdentity,
    messageId: string,
  ) => Promise<unknown>,
): QueueFunction {
  return queueFunction(queue, schema, (services, given, messageId) => {
    const message = { ...given, operationContext: given.operationContext ?? messageId };
    const address = addressOf(message).id;
    return performAction(services, { queue, address, message }, (as) => ask(services, message, as, messageId));
  });
}

/** The host parses a message that is JSON, and passes any other as text; one with a byte order mark is no JSON to it. */
function messageIn(given: unknown): unknown {
  if (typeof given !== 'string' || given === withoutMark(given)) return given;
  try {
    return JSON.parse(withoutMark(given));
  } catch {
    return given;
  }
}

/** The message without the trace context that telemetry/traced-queues.ts added to it. */
function withoutTrace(message: unknown): { body: unknown; from: SpanContext | undefined } {
  if (typeof message !== 'object' || message === null || !('traceparent' in message)) {
    return { body: message, from: undefined };
  }
  const { traceparent, ...body } = message;
  return { body, from: spanIn(traceparent) };
}
