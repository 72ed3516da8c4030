import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pauseOutage } from '../lib/outages/steer.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.pauseOutage, async (services, { params }) => {
  const outage = await pauseOutage(services, params.id);
  return { jsonBody: await viewOutage(services, outage) };
});
