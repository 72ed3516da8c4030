import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { calleeOf, viewOptOut } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.putOptOut, async (services, { params, query }) => {
  const callee = calleeOf(services, params.number, query.country);
  await services.optOuts.add(callee.id, { at: services.now(), number: callee.number });
  return { jsonBody: await viewOptOut(services, callee) };
});
