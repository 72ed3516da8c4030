import { InvalidInputError } from '../base/errors.ts';
import { mayPlace } from '../outages/caller-standing.ts';
import { lineLease } from '../outages/dispatcher.ts';
import { DEFAULT_LINES } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf } from '../storage/lines.ts';

/** The holder that is written on the line of a requested call. */
export const requestHolder = (requestId: string): string => `request|${requestId}`;

/**
 * An expired lease may hide a live call; the timer decides, and frees the line or extends its lease. A line that the
 * timer has not handled for this long counts as forgotten. Ms.
 */
const FORGOTTEN_MS = 15 * 60_000;

const mayBeTaken = (line: Line, now: Date): boolean =>
  line.holder === '' ? isFree(line, now) : isFree(line, new Date(now.getTime() - FORGOTTEN_MS));

/**
 * Takes a free line of the number to show, leased for as long as the request is.
 * @param callerNumber E.164; by default any of CALLER_NUMBERS.
 * @returns undefined if no line is free.
 */
export async function takeLine(
  services: Services,
  callerNumber: string | undefined,
  requestId: string,
): Promise<HeldLine | undefined> {
  const { callers, limits } = services.settings;
  const listed = callers.filter(({ number }) => callerNumber === undefined || number === callerNumber);
  const usable = listed.length > 0 || !callerNumber ? listed : [{ number: callerNumber, lines: DEFAULT_LINES }];
  if (usable.length === 0) throw new InvalidInputError('The call cannot be placed', ['CALLER_NUMBERS is empty']);
  const now = services.now();
  const until = lineLease(new Date(now.getTime() + limits.leaseMs));
  await services.lines.ensure(usable, await services.lines.list());
  const { lines, callers: known } = await services.lines.survey();
  for (const line of linesOf(usable, lines)) {
    const isUsable = mayBeTaken(line, now) && (await mayPlace(services, known.get(line.number)));
    const held = isUsable && (await services.lines.lease(line, requestHolder(requestId), until));
    if (held) return held;
  }
  return undefined;
}
