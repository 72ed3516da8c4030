import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { InvalidInputError } from '../lib/errors.ts';
import { answering } from '../lib/http.ts';
import { reopenOutage } from '../lib/outages/declare.ts';
import { importRecipients } from '../lib/outages/import.ts';

/** Adds the people of a CSV to an outage; see lib/outages/import.ts for its columns. */
app.http('importRecipients', {
  route: 'outages/{id}/recipients',
  methods: ['PUT'],
  authLevel: 'function',
  handler: answering(async (request) => {
    if (!request.body) throw new InvalidInputError('The list is empty', ['send a CSV with a header row as the body']);
    const { outage } = await services.outages.read(request.params['id'] ?? '');
    try {
      return { status: 200, jsonBody: await importRecipients(services, outage, request.body) };
    } finally {
      // Also where the list broke off: those who were added before are to be called.
      await reopenOutage(services, outage.id);
    }
  }),
});
