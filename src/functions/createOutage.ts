import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { answering, jsonBody } from '../lib/http.ts';
import { declareOutage } from '../lib/outages/declare.ts';

app.http('createOutage', {
  route: 'outages',
  methods: ['POST'],
  authLevel: 'function',
  handler: answering(async (request) => {
    const { outage, isNew } = await declareOutage(services, await jsonBody(request));
    return { status: isNew ? 201 : 200, headers: { location: `/api/outages/${outage.id}` }, jsonBody: outage };
  }),
});
