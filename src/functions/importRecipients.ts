import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { mustAllow } from '../lib/outages/change-outage.ts';
import { reopenOutage } from '../lib/outages/declare.ts';
import { importRecipients } from '../lib/outages/import.ts';
import { LIST_TYPES, MAX_LIST } from '../lib/outages/import-rows.ts';
import { bodyType, streamedBody } from '../lib/triggers/http.ts';

export default httpFunction(OPERATIONS.importRecipients, async (services, { params, request }) => {
  const { outage } = await services.outages.read(params.id);
  mustAllow(outage, 'upload');
  const type = bodyType(request, LIST_TYPES);
  try {
    return { jsonBody: await importRecipients(services, outage, streamedBody(request, MAX_LIST), type) };
  } finally {
    // Also if reading the list failed: the recipients added before must be called.
    await reopenOutage(services, outage.id);
  }
});
