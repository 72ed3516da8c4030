import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { launchOutage } from '../lib/outages/steer.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.launchOutage, async (services, { params }) => {
  const outage = await launchOutage(services, params.id);
  return { jsonBody: await viewOutage(services, outage) };
});
