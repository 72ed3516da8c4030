import type { InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import { InvalidInputError } from './errors.ts';
import { masked } from './masking.ts';
import { problemsOf } from './problems.ts';
import type { Handled, Services } from './services.ts';
import type { QueueName } from './storage/queue-store.ts';

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
  return async (message, context) => {
    try {
      const parsed = schema.safeParse(message);
      if (!parsed.success) throw new InvalidInputError('The message does not fit its queue', problemsOf(parsed.error));
      const messageId = context.triggerMetadata?.['id'];
      if (typeof messageId !== 'string') throw new Error('The host gave the queue message no id');
      const handled = await work(parsed.data, messageId);
      context.info(`${handled.result}: ${handled.why}`);
    } catch (error) {
      const reason = masked(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      // The message fails of what it fails of, also where that cannot be put on record.
      await failures.record(queue, message, reason, now()).catch((unrecorded) => context.error(unrecorded));
      throw error;
    }
  };
}
