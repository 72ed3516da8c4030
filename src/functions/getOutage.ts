import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

app.http(
  'getOutage',
  endpoint(OPERATIONS.getOutage, async ({ params }) => {
    const { outage } = await services.outages.read(params.id);
    return { jsonBody: await viewOutage(services, outage) };
  }),
);
