import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';

export default httpFunction(OPERATIONS.getOpenApi, async () => {
  // Seldom asked for, and nothing else needs what makes it: loaded then.
  const { openApi } = await import('../lib/api/openapi.ts');
  return { jsonBody: openApi() };
});
