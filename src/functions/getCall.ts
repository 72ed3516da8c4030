import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/app.ts';
import { viewCall } from '../lib/calls/call-view.ts';

app.http(
  'getCall',
  endpoint(OPERATIONS.getCall, async ({ params }) => ({ jsonBody: await viewCall(services.legs, params.callLegId) })),
);
