import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pageFile } from '../lib/triggers/page-files.ts';

app.http(
  'dashboardFile',
  endpoint(OPERATIONS.dashboardFile, ({ params, request }) =>
    pageFile(params.file, request.headers.get('if-none-match')),
  ),
);
