import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';

app.http(
  'getOpenApi',
  endpoint(OPERATIONS.getOpenApi, async () => {
    // Seldom asked for, and nothing else needs what makes it: loaded then.
    const { openApi } = await import('../lib/api/openapi.ts');
    return { jsonBody: openApi() };
  }),
);
