import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pageFile } from '../lib/triggers/page-files.ts';

/** Anonymous: there is no data in it, and it asks for the key. */
app.http(
  'dashboard',
  endpoint(OPERATIONS.dashboard, ({ request }) => pageFile('index.html', request.headers.get('if-none-match'))),
);
