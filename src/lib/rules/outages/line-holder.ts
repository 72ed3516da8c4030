import { RecipientId } from '../calls/ids.ts';
import type { AttemptRef } from '../calls/purpose.ts';
import type { HeldLine } from './recipient.ts';

/**
 * The name that is written on a line's row while somebody holds it. Each lease to a new holder has a name of its own, so
 * that a late copy of an earlier change never takes the line of a later call for its own.
 */

export const attemptHolder = ({ outageId, recipientId, attempt }: AttemptRef, leasedAt: Date): string =>
  `${outageId}|${recipientId}|${attempt}|${leasedAt.getTime()}`;

export const requestHolder = (requestId: string, leasedAt: Date): string =>
  `${REQUEST}|${requestId}|${leasedAt.getTime()}`;

/** An operator who was called into a call. @param owner the holder of that call's line. */
export const operatorHolder = (owner: string): string => `${OPERATOR}|${owner}`;

/** The holder of an attempt's line. Recipients that an earlier version gave a line do not keep its holder. */
export const holderOfAttempt = (
  { outageId, recipientId, attempt }: Omit<AttemptRef, 'shard'>,
  { holder }: Pick<HeldLine, 'holder'> = {},
): string => holder ?? `${outageId}|${recipientId}|${attempt}`;

export const holderOfRequest = (requestId: string, { holder }: Pick<HeldLine, 'holder'> = {}): string =>
  holder ?? `${REQUEST}|${requestId}`;

export type LineHolder =
  | ({ readonly kind: 'attempt' } & Omit<AttemptRef, 'shard'>)
  | { readonly kind: 'request'; readonly requestId: string }
  /** `owner`: the holder of the line of the call that the operator is in; empty if that call has none. */
  | { readonly kind: 'operator'; readonly owner: string }
  /** Written by a version that knows more kinds. */
  | { readonly kind: 'unknown' };

export function readHolder(holder: string): LineHolder {
  const [first = '', second = '', ...more] = holder.split('|');
  const isOperator = first === OPERATOR && (more.length === 3 || second === REQUEST);
  if (first === OPERATOR && more.length === 0) return { kind: 'operator', owner: '' };
  if (isOperator) return { kind: 'operator', owner: holder.slice(OPERATOR.length + 1) };
  const isAttempt = more.length === 2 || (more.length === 1 && first !== REQUEST);
  const recipientId = RecipientId.safeParse(second);
  if (isAttempt && recipientId.success) {
    return { kind: 'attempt', outageId: first, recipientId: recipientId.data, attempt: Number(more[0]) };
  }
  if (first === REQUEST && second !== '') return { kind: 'request', requestId: second };
  return { kind: 'unknown' };
}

const REQUEST = 'request';
const OPERATOR = 'operator';
