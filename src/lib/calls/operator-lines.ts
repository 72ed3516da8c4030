import { InvalidInputError } from '../base/errors.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import { isTooLate, lineLease } from '../outages/dispatcher.ts';
import { isStartRequest } from '../rules/calls/actions.ts';
import { isResting } from '../rules/calls/breaker.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';
import { holderOfAttempt, holderOfRequest, operatorHolder } from '../rules/outages/line-holder.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { spendHoldOf, spendNote } from '../rules/spending.ts';
import type { Services } from '../services/services.ts';
import type { StoredCaller } from '../storage/caller-numbers.ts';
import { isFree, type Line, linesOf, unused } from '../storage/lines.ts';

/** The line of the call that an operator is invited to, its holder, and who was called on it. */
export type OwnLine = { readonly number: string; readonly holder: string; readonly called: readonly Identifier[] };

/** How many lines were taken, all of one caller number. */
export type OperatorLines = { readonly number: string | undefined; readonly count: number };

export const isPhone = ({ phoneNumber }: Identifier): boolean => phoneNumber !== undefined;

/** The line of a call. One request for its owner. */
export async function lineOfCall(services: Services, purpose: CallPurpose): Promise<OwnLine | undefined> {
  if (purpose.kind === 'attempt') {
    const recipient = (await services.recipients.find(purpose))?.recipient;
    const line = recipient?.line;
    return line && { number: line.number, holder: holderOfAttempt(purpose, line), called: [recipient.identifier] };
  }
  const request = (await services.requests.find(purpose.requestId))?.request;
  const line = request?.line;
  const called = request && isStartRequest(request.message) ? request.message.targets : [];
  return line && { number: line.number, holder: holderOfRequest(purpose.requestId, line), called };
}

/**
 * Takes lines for operators who are telephones: each is a call of its own. They are leased for as long as a call may last,
 * and freed when the call ends. Lines that an earlier copy of the message took are used again.
 * @param own the line of the call; undefined if it has none.
 * @param number the number to call from; by default that of the call, or else another one with a free line.
 * @param isByHand nobody is invited by hand once the spend limit of the day is reached.
 * @throws InvalidInputError if nobody can be invited to the call from that number, or not today.
 */
export async function takeOperatorLines(
  services: Services,
  address: string,
  own: OwnLine | undefined,
  number: string | undefined,
  wanted: number,
  isByHand: boolean,
): Promise<OperatorLines> {
  const { callers, limits } = services.settings;
  const holder = operatorHolder(own?.holder ?? encodeURIComponent(address));
  const preferred = number ?? own?.number;
  const numbers = numbersToInviteFrom(services, own?.number, number);
  const { lines, callers: known } = await services.lines.survey();
  const hold = isByHand ? spendHoldOf(lines, services.settings.spendLimits, services.now()) : undefined;
  if (hold) throw new InvalidInputError('Nobody can be invited', [spendNote(hold)]);
  // A resting number is called from only to probe it, and an operator's call is no probe.
  for (const from of numbers.filter((each) => !rests(known.get(each)))) {
    const ours = linesOf(
      callers.filter((caller) => caller.number === from),
      lines,
    );
    let count = ours.filter((line) => line.holder === holder).length;
    for (const line of ours.filter((each) => isFree(each, services.now()))) {
      if (count < wanted && (await take(services, line, holder, limits.maxCallMs))) count++;
    }
    if (count > 0) return { number: from, count: Math.min(count, wanted) };
  }
  return { number: preferred, count: 0 };
}

/** The numbers that phones can be invited from to a call from the number `own`, the preferred one first. */
function numbersToInviteFrom(
  { calls, settings }: Services,
  own: string | undefined,
  wanted: string | undefined,
): readonly string[] {
  const shares = (number: string | undefined): boolean => calls.abilitiesOf(number).shares;
  const isFit = (number: string): boolean => number === own || (shares(own) && shares(number));
  if (wanted !== undefined) {
    if (isFit(wanted)) return [wanted];
    const problem = `alternateCallerId: is not the number of the call, and one of the two is of ${lonely(calls, own, wanted)}`;
    throw new InvalidInputError('Nobody can be invited', [problem]);
  }
  const all = [...(own === undefined ? [] : [own]), ...settings.callers.map(({ number }) => number)];
  return [...new Set(all.filter(isFit))];
}

/** The kind of the caller that shares its calls with no other. */
const lonely = (calls: Services['calls'], ...numbers: readonly (string | undefined)[]): string =>
  numbers.map((number) => calls.abilitiesOf(number)).find(({ shares }) => !shares)?.kind ?? '';

const rests = (stored: StoredCaller | undefined): boolean => stored !== undefined && isResting(stored.caller);

async function take(
  { lines, now }: Services,
  line: Line,
  holder: string,
  forMs: number,
): Promise<HeldLine | undefined> {
  const leasedAt = now();
  const held = await lines.lease(line, holder, lineLease(new Date(leasedAt.getTime() + forMs)), leasedAt);
  if (!held || !isTooLate(leasedAt, now())) return held;
  await lines.free(unused(held), now());
  return undefined;
}

/** Frees the lines of the operators of a call that has ended. One request, and one for each line. */
export async function freeOperatorLines(services: Services, purpose: CallPurpose): Promise<void> {
  const owner =
    purpose.kind === 'attempt'
      ? `${purpose.outageId}|${purpose.recipientId}|${purpose.attempt}`
      : holderOfRequest(purpose.requestId);
  const { lines } = await services.lines.survey();
  const prefix = `${operatorHolder(owner)}|`;
  for (const line of lines.filter(({ holder }) => holder.startsWith(prefix))) {
    await services.lines.free(line, services.now());
  }
}
