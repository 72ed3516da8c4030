import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { restoreOutage } from '../lib/outages/steer.ts';
import { services } from '../lib/services/compose.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

app.http(
  'restoreOutage',
  endpoint(OPERATIONS.restoreOutage, async ({ params, request }) => {
    const outage = await restoreOutage(services, params.id, await jsonBody(request));
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
