import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { listOutages } from '../lib/views/outage-view.ts';

app.http(
  'listOutages',
  endpoint(OPERATIONS.listOutages, async () => ({ jsonBody: { outages: await listOutages(services) } })),
);
