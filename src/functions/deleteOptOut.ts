import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { calleeOf } from '../lib/outages/opt-out-view.ts';

app.http(
  'deleteOptOut',
  endpoint(OPERATIONS.deleteOptOut, async ({ params, query }) => {
    await services.optOuts.remove(calleeOf(params.number, query.country).recipientId);
    return { status: 204 };
  }),
);
