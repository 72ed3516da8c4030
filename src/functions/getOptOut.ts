import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { calleeOf, viewOptOut } from '../lib/views/opt-out-view.ts';

app.http(
  'getOptOut',
  endpoint(OPERATIONS.getOptOut, async ({ params, query }) => ({
    jsonBody: await viewOptOut(services, calleeOf(params.number, query.country)),
  })),
);
