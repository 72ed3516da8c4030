import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { readSettings } from '../lib/config/settings.ts';
import { healthOf } from '../lib/views/health.ts';

export default httpFunction(OPERATIONS.getHealth, async (services) => {
  const health = await healthOf(services, () => readSettings(process.env));
  return { status: health.status === 'ok' ? 200 : 503, jsonBody: health };
});
