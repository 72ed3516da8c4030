import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { correctPerson } from '../lib/outages/people.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { viewRecipient } from '../lib/views/recipient-view.ts';

export default httpFunction(OPERATIONS.correctRecipient, async (services, { params, request }) => {
  const stored = await services.outages.read(params.id);
  return {
    jsonBody: viewRecipient(await correctPerson(services, stored, params.recipientId, await jsonBody(request))),
  };
});
