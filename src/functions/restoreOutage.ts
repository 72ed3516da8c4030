import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { restoreOutage } from '../lib/outages/steer.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.restoreOutage, async (services, { params, request }) => {
  const outage = await restoreOutage(services, params.id, await jsonBody(request));
  return { jsonBody: await viewOutage(services, outage) };
});
