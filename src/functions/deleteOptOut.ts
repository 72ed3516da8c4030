import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { calleeOf } from '../lib/views/opt-out-view.ts';

app.http(
  'deleteOptOut',
  endpoint(OPERATIONS.deleteOptOut, async ({ params, query }) => {
    await services.optOuts.remove(calleeOf(params.number, query.country).recipientId);
    return { status: 204 };
  }),
);
