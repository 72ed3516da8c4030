import { parseCallEvents } from '../call-automation/callbacks.ts';
import type { CallEvent } from '../call-automation/events.ts';
import type { Handled, Services } from '../services/services.ts';
import { SpanKind, traced, traceOf } from '../telemetry/traces.ts';
import { applyCallEvent } from './apply-event.ts';

/** What became of one event of a callback, for the log. */
export type Received = Handled & { readonly type: string; readonly callLegId: string | undefined };

const attributesOf = ({ data }: CallEvent) => (data.callLegId === undefined ? {} : { 'ringdown.call': data.callLegId });

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
    const handled = await traced(
      `event ${type}`,
      { kind: SpanKind.SERVER, parent: traceOf(purpose), attributes: attributesOf(event) },
      async (span) => {
        const { result, why } = await applyCallEvent(services, purpose, event);
        span.setAttributes({ 'ringdown.result': result, 'ringdown.why': why });
        return { result, why };
      },
    );
    received.push({ ...handled, type, callLegId: data.callLegId });
  }
  return received;
}
