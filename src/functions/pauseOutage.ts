import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { viewOutage } from '../lib/outages/outage-view.ts';
import { pauseOutage } from '../lib/outages/steer.ts';

app.http(
  'pauseOutage',
  endpoint(OPERATIONS.pauseOutage, async ({ params }) => {
    const outage = await pauseOutage(services, params.id);
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
