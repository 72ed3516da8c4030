import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { LIST_TYPES } from '../lib/lists/list.ts';
import { mappingIn } from '../lib/lists/list-query.ts';
import { checkList } from '../lib/outages/check-list.ts';
import { MAX_LIST } from '../lib/rules/outages/list-parts.ts';
import { bodyChunks, bodyType, charsetOf, mustBePlain } from '../lib/triggers/http.ts';
import { rejectedCsv } from '../lib/views/rejected-csv.ts';

export default httpFunction(OPERATIONS.checkRecipients, async (services, { params, query, request }) => {
  const { outage } = await services.outages.read(params.id);
  mustBePlain(request);
  const type = bodyType(request, LIST_TYPES);
  const list = bodyChunks(request, MAX_LIST, 'send it in parts, each with the header row');
  const options = { charset: charsetOf(request), mapping: mappingIn(query), sheet: query.sheet };
  const { check, rejected } = await checkList(services, outage, list, type, options);
  if (!request.headers.get('accept')?.includes('text/csv')) return { jsonBody: check };
  return {
    headers: { 'content-type': 'text/csv; charset=utf-8' },
    body: rejectedCsv(
      check.columns.map(({ column }) => column),
      rejected,
    ),
  };
});
