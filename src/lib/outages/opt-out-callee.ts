import type { AttemptRef } from '../rules/calls/purpose.ts';
import type { Services } from '../services/services.ts';

/** Records that the callee of an attempt asked not to be called again. Idempotent. Two requests. */
export async function optOutCallee(services: Services, { outageId, ...ref }: AttemptRef): Promise<void> {
  const stored = await services.recipients.find({ outageId, ...ref });
  if (!stored) return;
  const { identifier } = stored.recipient;
  const number = identifier.phoneNumber?.value;
  await services.optOuts.add(services.ids.numberIdOf(identifier), { outageId, number, at: services.now() });
}
