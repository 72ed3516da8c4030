import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { pageOfRecipients } from '../lib/views/recipient-view.ts';

app.http(
  'listRecipients',
  endpoint(OPERATIONS.listRecipients, async ({ params, query }) => {
    const { outage } = await services.outages.read(params.id);
    return { jsonBody: await pageOfRecipients(services, outage, query) };
  }),
);
