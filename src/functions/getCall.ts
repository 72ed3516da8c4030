import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { NotFoundError } from '../lib/errors.ts';
import { answering } from '../lib/http.ts';

/** All that is on record of one call: where it stands, its events, and the actions that were asked for. */
app.http('getCall', {
  route: 'calls/{callLegId}',
  methods: ['GET'],
  authLevel: 'function',
  handler: answering(async (request) => {
    const timeline = await services.legs.timeline(request.params['callLegId'] ?? '');
    if (!timeline.leg) throw new NotFoundError('There is no such call leg');
    return { status: 200, jsonBody: timeline };
  }),
});
