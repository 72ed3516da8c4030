import { InvalidInputError } from '../base/errors.ts';
import { lineLease } from '../outages/dispatcher.ts';
import { DEFAULT_LINES } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf } from '../storage/lines.ts';

/** Who holds a line for a call that was asked for by hand. */
export const requestHolder = (requestId: string): string => `request|${requestId}`;

/**
 * A line whose lease ended without its being freed may be that of a live call that nobody could look after: that is for the timer to
 * find out, which then frees it or holds it longer. Only where it does not for so long is the line taken for forgotten, ms.
 */
const FORGOTTEN_MS = 15 * 60_000;

const mayBeTaken = (line: Line, now: Date): boolean =>
  line.holder === '' ? isFree(line, now) : isFree(line, new Date(now.getTime() - FORGOTTEN_MS));

/**
 * The number to show and the line that goes with it, leased for as long as the request is.
 * @returns undefined where every line is taken.
 */
export async function takeLine(
  services: Services,
  callerNumber: string | undefined,
  requestId: string,
): Promise<HeldLine | undefined> {
  const { callers, limits } = services.settings;
  const known = callers.filter(({ number }) => callerNumber === undefined || number === callerNumber);
  const usable = known.length > 0 || !callerNumber ? known : [{ number: callerNumber, lines: DEFAULT_LINES }];
  if (usable.length === 0) throw new InvalidInputError('The call cannot be placed', ['CALLER_NUMBERS is empty']);
  const now = services.now();
  const until = lineLease(new Date(now.getTime() + limits.leaseMs));
  await services.lines.ensure(usable, await services.lines.list());
  for (const line of linesOf(usable, await services.lines.list())) {
    const held = mayBeTaken(line, now) && (await services.lines.lease(line, requestHolder(requestId), until));
    if (held) return held;
  }
  return undefined;
}
