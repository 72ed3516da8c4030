import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { declareOutage } from '../lib/outages/declare.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { DeclaredOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.createOutage, async (services, { request }) => {
  const { outage, isNew } = await declareOutage(services, await jsonBody(request));
  return {
    status: isNew ? 201 : 200,
    headers: { location: `/api/outages/${outage.id}` },
    jsonBody: DeclaredOutage.parse(outage),
  };
});
