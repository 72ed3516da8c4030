import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { listOutages } from '../lib/outages/outage-view.ts';

app.http(
  'listOutages',
  endpoint(OPERATIONS.listOutages, async () => ({ jsonBody: { outages: await listOutages(services) } })),
);
