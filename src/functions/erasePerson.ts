import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { erasePerson } from '../lib/privacy/erase-person.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { calleeIn } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.erasePerson, async (services, { request, context }) => {
  const receipt = await erasePerson(services, calleeIn(services, await jsonBody(request)).number);
  context.info(`erased number ${receipt.numberId}: ${receipt.recipients} recipients, ${receipt.calls} calls`);
  return { jsonBody: receipt };
});
