import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { calleeOf, viewOptOut } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.getOptOut, async (services, { params, query }) => ({
  jsonBody: await viewOptOut(services, calleeOf(services, params.number, query.country)),
}));
