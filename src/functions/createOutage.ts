import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { declareOutage } from '../lib/outages/declare.ts';
import { isEmergency } from '../lib/rules/outages/outage.ts';
import { jsonBody } from '../lib/triggers/http.ts';
import { DeclaredOutage } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.createOutage, async (services, { request, context }) => {
  const { outage, isNew } = await declareOutage(services, await jsonBody(request));
  // For whoever asks later why the daily limits did not hold.
  if (isNew && isEmergency(outage))
    context.warn(`outage ${outage.id} is declared as an emergency: no daily limit applies`);
  return {
    status: isNew ? 201 : 200,
    headers: { location: `/api/outages/${outage.id}` },
    jsonBody: DeclaredOutage.parse(outage),
  };
});
