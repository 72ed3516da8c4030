import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { calleeOf } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.deleteOptOut, async (services, { params, query }) => {
  await services.optOuts.remove(calleeOf(services, params.number, query.country).id);
  return { status: 204 };
});
