import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { cancelOutage } from '../lib/outages/steer.ts';
import { services } from '../lib/services/compose.ts';
import { optionalJsonBody } from '../lib/triggers/http.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

app.http(
  'cancelOutage',
  endpoint(OPERATIONS.cancelOutage, async ({ params, request }) => {
    const outage = await cancelOutage(services, params.id, await optionalJsonBody(request));
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
