import { z } from 'zod';
import { Identifier } from '../../call-automation/identifiers.ts';
import { RecipientId } from '../calls/ids.ts';
import { Outcome } from '../calls/outcome.ts';
import { HeldBack } from '../number-limits.ts';
import { Spent } from '../spending.ts';
import { AttemptResult } from './retry.ts';

/**
 * `waiting`    will be called when due.
 * `dispatched` has a line; the start-call message is on its queue.
 * `dialling`   the attempt is claimed: the service was asked to call, or is being asked. Never asked for a second call.
 * `done`       has an outcome.
 */
export const Phase = z.enum(['waiting', 'dispatched', 'dialling', 'done']);
export type Phase = z.infer<typeof Phase>;

/**
 * The line that an attempt holds, and the ETag of its row: only its current value can pass the line on. `holder` is the
 * name on that row (line-holder.ts).
 */
export const HeldLine = z.object({
  lineId: z.string(),
  number: z.string(),
  etag: z.string(),
  holder: z.string().optional(),
  /** UTC. Since when, and what the line cost before (rules/spending.ts). Unknown to earlier versions. */
  leasedAt: z.string().optional(),
  spent: Spent.optional(),
});
export type HeldLine = z.infer<typeof HeldLine>;

/** A person on the list of an outage, unique by number. */
export const Recipient = z.object({
  recipientId: RecipientId,
  identifier: Identifier,
  name: z.string().optional(),
  timeZone: z.string().optional(),
  language: z.string().optional(),
  /** Columns of the imported list that Ringdown does not use. */
  extra: z.record(z.string(), z.string()).optional(),
  phase: Phase,
  /** The attempt in progress, or the last one; 0 before the first. */
  attempt: z.number().int().nonnegative(),
  /** Key of the recipient's one due row; none once there is an outcome. */
  dueRow: z.string().optional(),
  line: HeldLine.optional(),
  /** When the timer checks the attempt in progress, if it has not ended. */
  leaseUntil: z.string().optional(),
  /** When the attempt was claimed and the service first asked. */
  askedAt: z.string().optional(),
  callLegId: z.string().optional(),
  /** When the first call was claimed that was refused for a reason of ours, since the recipient was reached. */
  refusedAt: z.string().optional(),
  /** The limit that holds back the next attempt. Set while the recipient waits, and until the attempt is claimed. */
  heldBack: HeldBack.optional(),
  /** A hang-up was sent because the lease had ended. */
  isEnding: z.boolean().optional(),
  results: z.array(AttemptResult).default([]),
  outcome: Outcome.optional(),
  reason: z.string().optional(),
  endedAt: z.string().optional(),
});
export type Recipient = z.infer<typeof Recipient>;

/** Not called yet, and not about to be: they can be taken off the list. */
export const isUntouched = ({ phase, attempt, results }: Recipient): boolean =>
  phase === 'waiting' && attempt === 0 && results.length === 0;

/** Who a recipient is and how to reach them, without the progress of an outage. */
export type Contact = Pick<Recipient, 'identifier' | 'name' | 'timeZone' | 'language' | 'extra'>;

/** A recipient who was not called yet. Takes only the contact data, also from a recipient of another list. */
export function newRecipient(
  recipientId: RecipientId,
  { identifier, name, timeZone, language, extra }: Contact,
): Recipient {
  const contact = { identifier, name, timeZone, language, extra };
  return { ...contact, recipientId, phase: 'waiting', attempt: 0, results: [] };
}
