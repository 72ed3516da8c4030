import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { calleeIn, viewOptOut } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.findOptOut, async (services, { request }) => ({
  jsonBody: await viewOptOut(services, calleeIn(services, await jsonBody(request))),
}));
