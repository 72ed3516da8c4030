import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { viewCall } from '../lib/views/call-view.ts';

export default httpFunction(OPERATIONS.getCall, async (services, { params }) => ({
  jsonBody: await viewCall(services.legs, params.callLegId),
}));
