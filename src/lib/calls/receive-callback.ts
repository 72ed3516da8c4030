import { parseCallEvents } from '../call-automation/callbacks.ts';
import type { Handled, Services } from '../services.ts';
import { applyCallEvent } from './apply-event.ts';

/** What became of one event of a callback, for the log. */
export type Received = Handled & { readonly type: string; readonly callLegId: string | undefined };

/** How a callback proves that it is one: the token in its URI, and the sender's own (the Authorization header). */
export type Proofs = { readonly token: string; readonly authorization: string | null };

/**
 * A callback, in the only order that is safe: verify the tokens, read the body whole, then apply event by event.
 * @param readBody is not called unless the tokens are right.
 * @throws UnauthorizedError without valid tokens; InvalidInputError if anything in the body is malformed, and then nothing
 * of it is applied.
 */
export async function receiveCallback(
  services: Services,
  { token, authorization }: Proofs,
  readBody: () => Promise<unknown>,
): Promise<Received[]> {
  const purpose = await services.callbacks.purposeOf(token);
  await services.sender?.verify(authorization);
  const received: Received[] = [];
  for (const event of parseCallEvents(await readBody())) {
    const { type, data } = event;
    received.push({ ...(await applyCallEvent(services, purpose, event)), type, callLegId: data.callLegId });
  }
  return received;
}
