import { app } from '@azure/functions';
import { answering } from '../lib/http.ts';
import { pageFile } from '../lib/page-files.ts';

/** The dashboard's page and its files. Anonymous: there is no data in it, and it asks for the key. */
app.http('dashboard', {
  route: 'dashboard/{file?}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answering((request) => pageFile(request.params['file'], request.headers.get('if-none-match'))),
});
