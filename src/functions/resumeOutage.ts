import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { resumeOutage } from '../lib/outages/steer.ts';
import { services } from '../lib/services/compose.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

app.http(
  'resumeOutage',
  endpoint(OPERATIONS.resumeOutage, async ({ params }) => {
    const outage = await resumeOutage(services, params.id);
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
