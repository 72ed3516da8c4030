import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { jsonBody } from '../lib/http.ts';
import { declareOutage } from '../lib/outages/declare.ts';
import { DeclaredOutage } from '../lib/outages/outage-view.ts';

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
