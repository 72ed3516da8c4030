import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { optionalJsonBody } from '../lib/http.ts';
import { viewOutage } from '../lib/outages/outage-view.ts';
import { cancelOutage } from '../lib/outages/steer.ts';

app.http(
  'cancelOutage',
  endpoint(OPERATIONS.cancelOutage, async ({ params, request }) => {
    const outage = await cancelOutage(services, params.id, await optionalJsonBody(request));
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
