import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { calleeOf, viewOptOut } from '../lib/views/opt-out-view.ts';

app.http(
  'putOptOut',
  endpoint(OPERATIONS.putOptOut, async ({ params, query }) => {
    const callee = calleeOf(params.number, query.country);
    await services.optOuts.add(callee.recipientId, { at: services.now() });
    return { jsonBody: await viewOptOut(services, callee) };
  }),
);
