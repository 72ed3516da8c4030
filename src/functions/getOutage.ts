import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { viewOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.getOutage, async (services, { params }) => {
  const { outage } = await services.outages.read(params.id);
  return { jsonBody: await viewOutage(services, outage) };
});
