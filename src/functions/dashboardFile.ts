import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { pageFile, wantedBy } from '../lib/triggers/page-files.ts';

export default httpFunction(OPERATIONS.dashboardFile, (_services, { params, request }) =>
  pageFile(params.file, wantedBy(request)),
);
