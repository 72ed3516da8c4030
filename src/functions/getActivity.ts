import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { activityOf } from '../lib/views/activity.ts';

app.http(
  'getActivity',
  endpoint(OPERATIONS.getActivity, async ({ params }) => {
    const { outage } = await services.outages.read(params.id);
    return { jsonBody: await activityOf(services, outage) };
  }),
);
