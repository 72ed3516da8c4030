import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pauseOutage } from '../lib/outages/steer.ts';
import { optionalJsonBody } from '../lib/triggers/http.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.pauseOutage, async (services, { params, request }) => {
  const outage = await pauseOutage(services, params.id, await optionalJsonBody(request));
  return { jsonBody: await viewOutage(services, outage) };
});
