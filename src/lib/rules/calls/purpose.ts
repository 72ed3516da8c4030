import { z } from 'zod';
import { RecipientId, SafeId } from './ids.ts';

/** One attempt to reach one recipient of an outage. `shard` is the part of the recipient list that holds the row. */
export const AttemptRef = z.object({
  outageId: SafeId.describe('The outage.'),
  shard: z.number().int().nonnegative().describe('The part of its list that holds the recipient.'),
  recipientId: RecipientId.describe('The recipient: a keyed digest of the number.'),
  attempt: z.number().int().positive().describe('1 for the first call to this recipient.'),
});
export type AttemptRef = z.infer<typeof AttemptRef>;

/** What a call is for: an attempt of an outage, or a request that somebody enqueued by hand. */
export const CallPurpose = z.discriminatedUnion('kind', [
  AttemptRef.extend({ kind: z.literal('attempt') }),
  z.object({
    kind: z.literal('request'),
    requestId: SafeId,
    /**
     * Set if the call is not ours and continues without us. `guest`: we joined it. `errand`: we joined only to invite
     * or remove a participant, because today's API can do that only from inside the call.
     */
    as: z.enum(['guest', 'errand']).optional(),
  }),
]);
export type CallPurpose = z.infer<typeof CallPurpose>;

/** The purpose of a call by hand. */
export type RequestPurpose = Extract<CallPurpose, { kind: 'request' }>;

/** The member of a hang-up message that says we only leave: a call that is not ours continues. */
export const leaving = (purpose: CallPurpose): { leave?: true } =>
  purpose.kind === 'request' && purpose.as !== undefined ? { leave: true } : {};
