import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';

export default httpFunction(OPERATIONS.getOpenApi, async () => {
  // Rarely requested, and no other function needs this module: load it on demand.
  const { openApi } = await import('../lib/api/openapi.ts');
  return { jsonBody: openApi() };
});
