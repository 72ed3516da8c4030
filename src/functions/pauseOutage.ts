import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pauseOutage } from '../lib/outages/steer.ts';
import { services } from '../lib/services/compose.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

app.http(
  'pauseOutage',
  endpoint(OPERATIONS.pauseOutage, async ({ params }) => {
    const outage = await pauseOutage(services, params.id);
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
