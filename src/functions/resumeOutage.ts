import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { viewOutage } from '../lib/outages/outage-view.ts';
import { resumeOutage } from '../lib/outages/steer.ts';

app.http(
  'resumeOutage',
  endpoint(OPERATIONS.resumeOutage, async ({ params }) => {
    const outage = await resumeOutage(services, params.id);
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
