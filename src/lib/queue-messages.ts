import type { InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import { InvalidInputError } from './errors.ts';
import { problemsOf } from './problems.ts';
import type { Handled } from './services.ts';

/**
 * The one way from a queue message to a workflow: parse it, do it, log what came of it. A message that does not fit its
 * schema throws, with the reason; the host tries it again and then keeps it on the poison queue.
 * @param work gets the message and its id on the queue, which stays the same when it is delivered again.
 */
export function onMessage<Schema extends z.ZodType>(
  schema: Schema,
  work: (message: z.infer<Schema>, messageId: string) => Promise<Handled>,
): (message: unknown, context: InvocationContext) => Promise<void> {
  return async (message, context) => {
    const parsed = schema.safeParse(message);
    if (!parsed.success) throw new InvalidInputError('The message does not fit its queue', problemsOf(parsed.error));
    const messageId = context.triggerMetadata?.['id'];
    if (typeof messageId !== 'string') throw new Error('The host gave the queue message no id');
    const handled = await work(parsed.data, messageId);
    context.info(`${handled.result}: ${handled.why}`);
  };
}
