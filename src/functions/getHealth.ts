import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { readSettings } from '../lib/config/settings.ts';
import { services } from '../lib/services/compose.ts';
import { healthOf } from '../lib/views/health.ts';

app.http(
  'getHealth',
  endpoint(OPERATIONS.getHealth, async () => {
    const health = await healthOf(services, () => readSettings(process.env));
    return { status: health.status === 'ok' ? 200 : 503, jsonBody: health };
  }),
);
