import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { resumeOutage } from '../lib/outages/steer.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.resumeOutage, async (services, { params }) => {
  const outage = await resumeOutage(services, params.id);
  return { jsonBody: await viewOutage(services, outage) };
});
