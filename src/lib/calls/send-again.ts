import { StorageError } from '../base/errors.ts';
import { type Handled, postponed, type Services } from '../services/services.ts';
import type { QueueName } from '../storage/queue-store.ts';

/** Pauses before a message is sent again, s. The host alone would try five times within twenty seconds. */
const PAUSES_SECONDS = [5, 15, 45, 120];

/** A message that may be sent again: it counts how often it was. */
type Resendable = { readonly resent?: number | undefined };

/**
 * Handles a message. If storage fails for now, sends the message again with a growing delay.
 * @param message as it is sent again.
 * @throws the error of `handle` if another delay would not help, or the message cannot be sent.
 */
export async function orSendAgain(
  { queues }: Services,
  queue: QueueName,
  message: Resendable,
  handle: () => Promise<Handled>,
): Promise<Handled> {
  try {
    return await handle();
  } catch (error) {
    const { resent = 0 } = message;
    const pause = PAUSES_SECONDS[resent];
    if (!(error instanceof StorageError && error.isTransient) || pause === undefined) throw error;
    await queues.send(queue, { ...message, resent: resent + 1 }, pause).catch(() => {
      throw error;
    });
    return postponed(`sent again in ${pause} s: ${error.message}`);
  }
}
