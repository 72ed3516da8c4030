import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { viewCalls } from '../lib/views/calls-view.ts';

export default httpFunction(OPERATIONS.listCalls, async (services, { params, query }) => {
  const { outage } = await services.outages.read(params.id);
  return { jsonBody: await viewCalls(services, outage, query.limit) };
});
