import { byHand, type Claim, isByHand, type Share, type SharedLine, shareLines } from '../rules/outages/fair-share.ts';
import { readHolder } from '../rules/outages/line-holder.ts';
import type { Services } from '../services/services.ts';
import type { StoredRequest } from '../storage/call-requests.ts';
import { isFree, type Line } from '../storage/lines.ts';

/** A line that was freed for a call by hand is left to it for this long, ms: its message is on the way. */
const LEFT_MS = 15_000;

/** A line as the rule of fair shares sees it. */
export function sharedLine(line: Line, now: Date): SharedLine {
  const { lineId, number, holder, reservedFor = '', leasedAt = '', lastOutageId } = line;
  const who = readHolder(holder);
  const outageId = who.kind === 'attempt' ? who.outageId : undefined;
  const isLeft = holder === '' && isByHand(reservedFor) && now.getTime() - Date.parse(leasedAt) < LEFT_MS;
  return {
    lineId,
    number,
    isFree: isFree(line, now) && !isLeft,
    outageId,
    lastOutageId: outageId ?? lastOutageId,
    reservedFor: reservedFor || undefined,
    leasedAt,
  };
}

/**
 * Reserves one of these lines for a request that found none free, unless one is reserved already.
 * @param callerNumber the number that it waits for; undefined: any.
 */
export async function reserveByHand(
  services: Services,
  lines: readonly Line[],
  callerNumber: string | undefined,
): Promise<void> {
  const now = services.now();
  const ids = new Set(lines.map(({ lineId }) => lineId));
  const claim: Claim = { claimant: byHand(callerNumber), rank: 'byHand', wants: 1, lines: ids };
  const { reserved } = shareLines(
    lines.map((line) => sharedLine(line, now)),
    [claim],
  );
  await reserveAll(services, lines, reserved);
}

/** Reserves lines in use. One request for each; does nothing about those that have changed meanwhile. */
export async function reserveAll(services: Services, lines: readonly Line[], shares: readonly Share[]): Promise<void> {
  const heirs = new Map(shares.map(({ lineId, claimant }) => [lineId, claimant]));
  await Promise.all(
    lines.map(async (line) => {
      const heir = heirs.get(line.lineId);
      if (heir !== undefined) await services.lines.reserve(line, heir);
    }),
  );
}

/**
 * The request that waits longest for such a line; undefined if none does. One request for the list and one to read it.
 * @param claimant what the request waits for, like `byHand` of a number.
 */
export async function nextByHand({ requests }: Services, claimant: string): Promise<StoredRequest | undefined> {
  for (const { requestId, waitsFor } of await requests.due()) {
    const stored = waitsFor === claimant ? await requests.find(requestId) : undefined;
    if (stored?.request.phase === 'waiting') return stored;
  }
  return undefined;
}

/**
 * Sends the message of a waiting request again. Only the process that moves the due row sends it, so that messages do not
 * multiply. Does nothing if the request has changed since it was read.
 */
export async function sendAgain(services: Services, stored: StoredRequest): Promise<void> {
  const { request } = stored;
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  const isMine = await services.requests.save(stored, { ...request, waitsFor: undefined }, until);
  if (isMine) await services.queues.send(request.queue, request.message);
}
