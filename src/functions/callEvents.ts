import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { parseCallEvents } from '../lib/call-automation/events.ts';
import { applyCallEvent } from '../lib/calls/apply-event.ts';
import { answering, jsonBody } from '../lib/http.ts';

/** ACS tells what happened in a call. The token proves that the URI is ours and says what the call is for. */
app.http('callEvents', {
  route: 'call-events/{token}',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: answering(async (request, context) => {
    const purpose = await services.callbacks.purposeOf(request.params['token'] ?? '');
    const events = parseCallEvents(await jsonBody(request));
    for (const event of events) {
      const { result, why } = await applyCallEvent(services, purpose, event);
      context.info(`${event.type} of ${event.data.callLegId}: ${result}: ${why}`);
    }
    return { status: 200 };
  }),
});
