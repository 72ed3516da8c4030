import { provesNumber } from '../rules/calls/breaker.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { concluded, type Moved } from '../rules/outages/attempts.ts';
import { isCalledOff } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import type { HeldLine, Recipient } from '../rules/outages/recipient.ts';
import type { AttemptResult, RetryPolicy } from '../rules/outages/retry.ts';
import type { Services } from '../services/services.ts';
import { type LeftLine, unused } from '../storage/lines.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { tellAllClear } from './all-clear.ts';
import { optOutCallee } from './opt-out-callee.ts';
import { passOnLine } from './pass-on-line.ts';

type Result = Pick<AttemptResult, 'outcome' | 'reason' | 'callLegId'> & {
  /** The callee asked in this call not to be called again. */
  readonly optOut?: boolean | undefined;
};

/**
 * Records the result of an attempt, decides whether the recipient is retried or done, and passes the attempt's line on.
 * @param decidedOn set if the result was inferred, not reported: the recipient from which it was inferred. If the
 * recipient has changed since, nothing is done.
 */
export async function concludeAttempt(
  services: Services,
  ref: AttemptRef,
  { optOut, ...result }: Result,
  decidedOn?: StoredRecipient,
): Promise<void> {
  const outage = await services.outages.recent(ref.outageId);
  if (optOut) await optOutCallee(services, ref);
  const freed = await recordResult(services, outage, ref, result, decidedOn);
  if (freed?.line) await passOnLine(services, outage, freed.line, freed.reachedAt);
}

const NEVER_AGAIN: RetryPolicy = { maxAttempts: 1, delaySeconds: {} };

/** Once the outage is called off, nobody is retried. */
const policyOf = (outage: Outage, now: Date): RetryPolicy => (isCalledOff(outage, now) ? NEVER_AGAIN : outage.retry);

/**
 * The timer skips finished recipients, so a result that comes late must send them the all-clear here. Reads the current
 * outage: if it is restored after this read, the timer finds the recipient.
 */
const tellLate = async (services: Services, ref: AttemptRef, recipient: Recipient): Promise<void> =>
  tellAllClear(services, await services.outages.current(ref.outageId), ref, [recipient]);

/** A line that is free again, and when its call was placed, if it reached somebody. */
type Freed = { readonly line: LeftLine | undefined; readonly reachedAt: string | undefined };

/** @returns the line that the recipient held, if this ended the attempt that held it. */
async function recordResult(
  services: Services,
  outage: Outage,
  ref: AttemptRef,
  result: Omit<Result, 'optOut'>,
  decidedOn: StoredRecipient | undefined,
): Promise<Freed | undefined> {
  const recorded = await untilSaved(`The result of attempt ${ref.attempt}`, async (tries) => {
    const now = services.now();
    const hint = tries === 1 && !decidedOn ? services.recipients.hint(ref) : undefined;
    const before = decidedOn ?? hint ?? (await services.recipients.find(ref));
    if (!before) return null;
    const whole = { ...result, attempt: ref.attempt, at: now.toISOString() };
    const next = concluded(before.recipient, whole, policyOf(outage, now), now);
    // Only a row that was read can tell that there is nothing to write.
    if (!next && before === hint) return undefined;
    // A result that adds nothing may have been recorded by a process that died before it passed the line on.
    const after = next
      ? await saved(services, ref, before, callableAgain(services, before.recipient, next, outage))
      : before;
    if (after) return { before, after };
    return decidedOn ? null : undefined;
  });
  if (!recorded) return undefined;
  const { askedAt } = recorded.before.recipient;
  const line = await carriedOn(services, ref, recorded.before, recorded.after);
  return {
    // Without a claim, no call was placed.
    line: line && askedAt === undefined ? unused(line) : line,
    reachedAt: provesNumber(result.outcome, result.reason) ? askedAt : undefined,
  };
}

/**
 * A recipient who was finished before is told first: if storage then fails, nobody counts as told without being on the list.
 * `carriedOn` tells them again, because the outage may be restored meanwhile.
 */
async function saved(
  services: Services,
  ref: AttemptRef,
  before: StoredRecipient,
  moved: Moved,
): Promise<StoredRecipient | undefined> {
  if (before.recipient.phase === 'done') await tellLate(services, ref, moved.recipient);
  return services.recipients.save(ref, before, moved);
}

/** Does what follows from a recorded result. @returns the line that is free now. */
async function carriedOn(
  services: Services,
  ref: AttemptRef,
  before: StoredRecipient,
  after: StoredRecipient,
): Promise<HeldLine | undefined> {
  if (before.recipient.phase === 'done') await tellLate(services, ref, after.recipient);
  return after.recipient.line ? undefined : before.recipient.line;
}

/** Not in quiet hours, nor so soon after the call that it would be held back. */
function callableAgain({ settings }: Services, { askedAt }: Recipient, moved: Moved, { quietHours }: Outage): Moved {
  if (typeof moved.due === 'string') return moved;
  const soonest = askedAt === undefined ? 0 : Date.parse(askedAt) + settings.numberLimits.delayMs;
  const due = new Date(Math.max(moved.due.at.getTime(), soonest));
  const at = callableFrom(due, quietHours, moved.recipient.timeZone);
  return { ...moved, due: { ...moved.due, at } };
}
