import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { receiveCallback } from '../lib/calls/receive-callback.ts';
import { jsonBody } from '../lib/triggers/http.ts';

/**
 * Receives the events of calls from ACS. The token in the URI proves that we created it, and names the purpose of the
 * call. The bearer token proves that our ACS resource sent the events.
 */
export default httpFunction(OPERATIONS.callEvents, async (services, { params: { token }, request, context }) => {
  const proofs = { token, authorization: request.headers.get('authorization') };
  const received = await receiveCallback(services, proofs, () => jsonBody(request));
  for (const { type, callLegId, result, why } of received) context.info(`${type} of ${callLegId}: ${result}: ${why}`);
  return { status: 200 };
});
