import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { exportPerson } from '../lib/privacy/export-person.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { calleeIn } from '../lib/views/opt-out-view.ts';

export default httpFunction(OPERATIONS.exportPerson, async (services, { request }) => ({
  jsonBody: await exportPerson(services, calleeIn(services, await jsonBody(request)).number),
}));
