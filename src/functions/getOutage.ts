import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { answering } from '../lib/http.ts';
import { summarize } from '../lib/outages/summary.ts';

app.http('getOutage', {
  route: 'outages/{id}',
  methods: ['GET'],
  authLevel: 'function',
  handler: answering(async (request) => {
    const { outage } = await services.outages.read(request.params['id'] ?? '');
    return { status: 200, jsonBody: await summarize(services, outage) };
  }),
});
