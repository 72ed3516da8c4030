import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { jsonBody } from '../lib/http.ts';
import { viewOutage } from '../lib/outages/outage-view.ts';
import { patchOutage } from '../lib/outages/patch.ts';

app.http(
  'patchOutage',
  endpoint(OPERATIONS.patchOutage, async ({ params, request }) => {
    const outage = await patchOutage(services, params.id, await jsonBody(request));
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
