import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { activityOf } from '../lib/views/activity.ts';

export default httpFunction(OPERATIONS.getActivity, async (services, { params }) => {
  const { outage } = await services.outages.read(params.id);
  return { jsonBody: await activityOf(services, outage) };
});
