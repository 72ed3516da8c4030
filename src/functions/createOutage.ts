import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { declareOutage } from '../lib/outages/declare.ts';
import { services } from '../lib/services/compose.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { DeclaredOutage } from '../lib/views/outage-view.ts';

app.http(
  'createOutage',
  endpoint(OPERATIONS.createOutage, async ({ request }) => {
    const { outage, isNew } = await declareOutage(services, await jsonBody(request));
    return {
      status: isNew ? 201 : 200,
      headers: { location: `/api/outages/${outage.id}` },
      jsonBody: DeclaredOutage.parse(outage),
    };
  }),
);
