import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { patchOutage } from '../lib/outages/patch.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.patchOutage, async (services, { params, request }) => {
  const outage = await patchOutage(services, params.id, await jsonBody(request));
  return { jsonBody: await viewOutage(services, outage) };
});
