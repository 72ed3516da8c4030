import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { removePerson } from '../lib/outages/people.ts';

export default httpFunction(OPERATIONS.removeRecipient, async (services, { params }) => {
  const { outage } = await services.outages.read(params.id);
  await removePerson(services, outage, params.recipientId);
  return { status: 204 };
});
