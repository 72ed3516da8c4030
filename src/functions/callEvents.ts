import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { receiveCallback } from '../lib/calls/receive-callback.ts';
import { jsonBody } from '../lib/triggers/http.ts';

/**
 * ACS tells what happened in a call. The token proves that the URI is ours and says what the call is for; the bearer token, that
 * our ACS resource calls it.
 */
export default httpFunction(OPERATIONS.callEvents, async (services, { params: { token }, request, context }) => {
  const proofs = { token, authorization: request.headers.get('authorization') };
  const received = await receiveCallback(services, proofs, () => jsonBody(request));
  for (const { type, callLegId, result, why } of received) context.info(`${type} of ${callLegId}: ${result}: ${why}`);
  return { status: 200 };
});
