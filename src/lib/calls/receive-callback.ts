import { parseCallEvents } from '../call-automation/events.ts';
import type { Handled, Services } from '../services.ts';
import { applyCallEvent } from './apply-event.ts';

/** What became of one event of a callback, for the log. */
export type Received = Handled & { readonly type: string; readonly callLegId: string | undefined };

/**
 * A callback, in the only order that is safe: verify the token, read the body whole, then apply event by event.
 * @param readBody is not called unless the token is ours.
 * @throws UnauthorizedError without a valid token; InvalidInputError if anything in the body is malformed, and then nothing
 * of it is applied.
 */
export async function receiveCallback(
  services: Services,
  token: string,
  readBody: () => Promise<unknown>,
): Promise<Received[]> {
  const purpose = await services.callbacks.purposeOf(token);
  const received: Received[] = [];
  for (const event of parseCallEvents(await readBody())) {
    const { type, data } = event;
    received.push({ ...(await applyCallEvent(services, purpose, event)), type, callLegId: data.callLegId });
  }
  return received;
}
