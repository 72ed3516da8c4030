import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { LIST_TYPES } from '../lib/lists/list.ts';
import { mappingIn } from '../lib/lists/list-query.ts';
import { mustAllow } from '../lib/outages/change-outage.ts';
import { importRecipients } from '../lib/outages/import.ts';
import { MAX_LIST } from '../lib/rules/outages/list-parts.ts';
import { bodyChunks, bodyType, charsetOf, mustBePlain } from '../lib/triggers/http.ts';

export default httpFunction(OPERATIONS.importRecipients, async (services, { params, query, request }) => {
  const stored = await services.outages.read(params.id);
  mustAllow(stored.outage, 'upload');
  mustBePlain(request);
  const type = bodyType(request, LIST_TYPES);
  const reading = { charset: charsetOf(request), mapping: mappingIn(query), sheet: query.sheet };
  const list = bodyChunks(request, MAX_LIST, 'send it in parts, each with the header row');
  const { mode, list: whole, linesBefore } = query;
  const options = { ...reading, mode, part: { list: whole, linesBefore } };
  return { jsonBody: await importRecipients(services, stored, list, type, options) };
});
