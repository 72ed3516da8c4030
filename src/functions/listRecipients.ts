import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pageOfRecipients } from '../lib/views/recipient-view.ts';

export default httpFunction(OPERATIONS.listRecipients, async (services, { params, query }) => {
  const { outage } = await services.outages.read(params.id);
  return { jsonBody: await pageOfRecipients(services, outage, query) };
});
