import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { mustAllow } from '../lib/outages/change-outage.ts';
import { addPerson } from '../lib/outages/people.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { viewRecipient } from '../lib/views/recipient-view.ts';

export default httpFunction(OPERATIONS.addRecipient, async (services, { params, request }) => {
  const stored = await services.outages.read(params.id);
  mustAllow(stored.outage, 'upload');
  const { recipient, isNew } = await addPerson(services, stored, await jsonBody(request));
  return { status: isNew ? 201 : 200, jsonBody: viewRecipient(recipient) };
});
