import { z } from 'zod';
import { RecipientId, SafeId } from '../rules/calls/ids.ts';
import { type Operation, operation } from './operation.ts';

export const OfOutage = z.object({ id: SafeId.describe('The id of the outage.') });

export const OfRecipient = OfOutage.extend({
  recipientId: z
    .string()
    .regex(/^[0-9a-f]{20}$/, 'must be the id of a recipient')
    .pipe(RecipientId)
    .describe('The id of the recipient: a keyed digest of the number.'),
});

const NO_OUTAGE = { 404: 'There is no such outage.' };
export const NOT_NOW = {
  409: 'Not allowed in the current state of the outage: `detail` says why, and what is allowed.',
};

export type Described = Pick<Operation, 'method' | 'does' | 'body' | 'answers' | 'refusals'>;

/** An operation on one outage. @param path the rest of the route, after the outage. */
export const onOutage = <Query extends z.ZodObject>(path: string, query: Query, it: Described) =>
  operation({
    ...it,
    route: `outages/{id}${path}`,
    params: OfOutage,
    query,
    refusals: { ...NO_OUTAGE, ...it.refusals },
  });
