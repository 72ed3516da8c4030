import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { listOutages } from '../lib/views/outage-view.ts';

export default httpFunction(OPERATIONS.listOutages, async (services) => ({
  jsonBody: { outages: await listOutages(services) },
}));
