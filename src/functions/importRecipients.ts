import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { InvalidInputError } from '../lib/errors.ts';
import { mustAllow } from '../lib/outages/change-outage.ts';
import { reopenOutage } from '../lib/outages/declare.ts';
import { importRecipients } from '../lib/outages/import.ts';

app.http(
  'importRecipients',
  endpoint(OPERATIONS.importRecipients, async ({ params, request }) => {
    if (!request.body) throw new InvalidInputError('The list is empty', ['send a CSV with a header row as the body']);
    const { outage } = await services.outages.read(params.id);
    mustAllow(outage, 'upload');
    try {
      return { jsonBody: await importRecipients(services, outage, request.body) };
    } finally {
      // Also where the list broke off: those who were added before are to be called.
      await reopenOutage(services, outage.id);
    }
  }),
);
