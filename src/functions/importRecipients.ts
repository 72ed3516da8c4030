import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { mustAllow } from '../lib/outages/change-outage.ts';
import { importRecipients } from '../lib/outages/import.ts';
import { LIST_TYPES } from '../lib/outages/import-rows.ts';
import { MAX_LIST } from '../lib/rules/outages/list-parts.ts';
import { bodyChunks, bodyType } from '../lib/triggers/http.ts';

export default httpFunction(OPERATIONS.importRecipients, async (services, { params, request }) => {
  const stored = await services.outages.read(params.id);
  mustAllow(stored.outage, 'upload');
  const type = bodyType(request, LIST_TYPES);
  const list = bodyChunks(request, MAX_LIST, 'send it in parts, each with the header row');
  return { jsonBody: await importRecipients(services, stored, list, type) };
});
