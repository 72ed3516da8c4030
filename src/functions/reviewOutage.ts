import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { viewReview } from '../lib/views/review-view.ts';

export default httpFunction(OPERATIONS.reviewOutage, async (services, { params }) => {
  const { outage } = await services.outages.read(params.id);
  return { jsonBody: await viewReview(services, outage) };
});
