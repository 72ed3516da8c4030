import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { viewCalls } from '../lib/views/calls-view.ts';

app.http(
  'listCalls',
  endpoint(OPERATIONS.listCalls, async ({ params, query }) => {
    const { outage } = await services.outages.read(params.id);
    return { jsonBody: await viewCalls(services, outage, query.limit) };
  }),
);
