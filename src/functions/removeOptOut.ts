import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { calleeIn } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.removeOptOut, async (services, { request }) => {
  await services.optOuts.remove(calleeIn(services, await jsonBody(request)).id);
  return { status: 204 };
});
