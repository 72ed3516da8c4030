import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { calleeIn, viewOptOut } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.addOptOut, async (services, { request }) => {
  const callee = calleeIn(services, await jsonBody(request));
  await services.optOuts.add(callee.id, { at: services.now(), number: callee.number });
  return { jsonBody: await viewOptOut(services, callee) };
});
