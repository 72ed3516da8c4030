import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { receiveCallback } from '../lib/calls/receive-callback.ts';
import { answering, jsonBody } from '../lib/http.ts';

/**
 * ACS tells what happened in a call. The token proves that the URI is ours and says what the call is for; the bearer token, that
 * our ACS resource calls it.
 */
app.http('callEvents', {
  route: 'call-events/{token}',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: answering(async (request, context) => {
    const proofs = { token: request.params['token'] ?? '', authorization: request.headers.get('authorization') };
    const received = await receiveCallback(services, proofs, () => jsonBody(request));
    for (const { type, callLegId, result, why } of received) context.info(`${type} of ${callLegId}: ${result}: ${why}`);
    return { status: 200 };
  }),
});
