import { UnauthorizedError } from '../base/errors.ts';
import { parseCallEvents } from '../call-automation/callbacks.ts';
import type { CallEvent } from '../call-automation/events.ts';
import type { Handled, Services } from '../services/services.ts';
import { SpanKind, traced, traceOf } from '../telemetry/traces.ts';
import { applyCallEvent } from './apply-event.ts';

/** Result of handling one event of a callback, for the log. */
export type Received = Handled & { readonly type: string; readonly callLegId: string | undefined };

const attributesOf = ({ data }: CallEvent) => (data.callLegId === undefined ? {} : { 'ringdown.call': data.callLegId });

/** Proof that a callback is genuine: the token in its URI and the sender's own (Authorization header). */
export type Proofs = { readonly token: string; readonly authorization: string | null };

/**
 * Handles a callback in the only safe order: verify the tokens, read the whole body, then apply each event.
 * @param readBody is called only if the tokens are valid.
 * @throws UnauthorizedError if a token is not valid, or an event is of a call that is not the token's: the others are
 * handled all the same; InvalidInputError if the body contains no event; TooLargeError if it contains too many.
 */
export async function receiveCallback(
  services: Services,
  { token, authorization }: Proofs,
  readBody: () => Promise<unknown>,
): Promise<Received[]> {
  const purpose = await services.callbacks.purposeOf(token);
  await services.sender?.verify(authorization);
  const received: Received[] = [];
  let refusal: UnauthorizedError | undefined;
  for (const event of parseCallEvents(await readBody(), services.now())) {
    const { type, data } = event;
    const handled = await traced(
      `event ${type}`,
      { kind: SpanKind.SERVER, parent: traceOf(purpose), attributes: attributesOf(event) },
      async (span) => {
        const { result, why } = await applyCallEvent(services, purpose, event);
        span.setAttributes({ 'ringdown.result': result, 'ringdown.why': why });
        return { result, why };
      },
    ).catch((error: unknown) => {
      if (!(error instanceof UnauthorizedError)) throw error;
      refusal = error;
      return undefined;
    });
    if (handled) received.push({ ...handled, type, callLegId: data.callLegId });
  }
  if (refusal) throw refusal;
  return received;
}
