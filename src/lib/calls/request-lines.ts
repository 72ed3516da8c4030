import { InvalidInputError } from '../base/errors.ts';
import { mayPlace } from '../outages/caller-standing.ts';
import { isTooLate, lineLease } from '../outages/dispatcher.ts';
import { mayBeInCall } from '../outages/line-holders.ts';
import { reserveByHand } from '../outages/waiting-requests.ts';
import { requestHolder } from '../rules/outages/line-holder.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { spendHoldOf, spendNote } from '../rules/spending.ts';
import type { Services } from '../services/services.ts';
import { hasLapsed, isFree, type Line, linesOf, unused } from '../storage/lines.ts';

const NOT_OURS = 'callerNumber: is not one of CALLER_NUMBERS';

/**
 * Takes a free line of the number to show, leased for as long as the request is. If there is none, looks into the holder
 * of each line whose lease has ended: one request each. If all have calls, reserves one for when its call ends.
 * @param callerNumber E.164; by default any of CALLER_NUMBERS.
 * @returns undefined if no line is free.
 */
export async function takeLine(
  services: Services,
  callerNumber: string | undefined,
  requestId: string,
): Promise<HeldLine | undefined> {
  const { callers, limits } = services.settings;
  const usable = callers.filter(({ number }) => callerNumber === undefined || number === callerNumber);
  if (usable.length === 0) throw new InvalidInputError('The call cannot be placed', [NOT_OURS]);
  const take = async (line: Line): Promise<HeldLine | undefined> => {
    const leasedAt = services.now();
    const until = lineLease(new Date(leasedAt.getTime() + limits.leaseMs));
    const held = await services.lines.lease(line, requestHolder(requestId, leasedAt), until, leasedAt);
    if (!held || !isTooLate(leasedAt, services.now())) return held;
    await services.lines.free(unused(held), services.now());
    return undefined;
  };
  await services.lines.ensure(usable, await services.lines.list());
  const now = services.now();
  const { lines, callers: known } = await services.lines.survey();
  const hold = spendHoldOf(lines, services.settings.spendLimits, now);
  if (hold) throw new InvalidInputError('The call cannot be placed', [spendNote(hold)]);
  // In the order of the setting.
  const ours = usable.flatMap((caller) => linesOf([caller], lines));
  for (const line of ours.filter((each) => isFree(each, now))) {
    const held = (await mayPlace(services, known.get(line.number))) && (await take(line));
    if (held) return held;
  }
  for (const line of ours.filter((each) => each.holder !== '' && hasLapsed(each, now))) {
    if (await mayBeInCall(services, line)) continue;
    const held = (await mayPlace(services, known.get(line.number))) && (await take(line));
    if (held) return held;
  }
  await reserveByHand(services, ours, callerNumber);
  return undefined;
}
