import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { readSettings } from '../lib/config.ts';
import { healthOf } from '../lib/health.ts';

app.http(
  'getHealth',
  endpoint(OPERATIONS.getHealth, async () => {
    const health = await healthOf(services, () => readSettings(process.env));
    return { status: health.status === 'ok' ? 200 : 503, jsonBody: health };
  }),
);
