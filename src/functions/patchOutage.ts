import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { patchOutage } from '../lib/outages/patch.ts';
import { services } from '../lib/services/compose.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

app.http(
  'patchOutage',
  endpoint(OPERATIONS.patchOutage, async ({ params, request }) => {
    const outage = await patchOutage(services, params.id, await jsonBody(request));
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
