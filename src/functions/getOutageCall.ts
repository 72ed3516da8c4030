import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { viewCall } from '../lib/views/call-view.ts';

app.http(
  'getOutageCall',
  endpoint(OPERATIONS.getOutageCall, async ({ params }) => ({
    jsonBody: await viewCall(services.legs, params.callLegId, params.id),
  })),
);
