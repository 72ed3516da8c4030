import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pageFile, wantedBy } from '../lib/triggers/page-files.ts';

/** Anonymous: the page contains no data, and asks for the key. */
export default httpFunction(OPERATIONS.dashboard, (_services, { request }) =>
  pageFile('index.html', wantedBy(request)),
);
