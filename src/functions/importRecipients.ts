import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { mustAllow } from '../lib/outages/change-outage.ts';
import { importRecipients } from '../lib/outages/import.ts';
import { LIST_TYPES, MAX_LIST } from '../lib/outages/import-rows.ts';
import { bodyType, streamedBody } from '../lib/triggers/http.ts';

export default httpFunction(OPERATIONS.importRecipients, async (services, { params, request }) => {
  const stored = await services.outages.read(params.id);
  mustAllow(stored.outage, 'upload');
  const type = bodyType(request, LIST_TYPES);
  return { jsonBody: await importRecipients(services, stored, streamedBody(request, MAX_LIST), type) };
});
