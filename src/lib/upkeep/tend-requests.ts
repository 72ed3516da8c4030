import { requestHolder } from '../calls/request-lines.ts';
import { concludeRequest, purposeOf } from '../calls/requested-calls.ts';
import { lineLease } from '../outages/dispatcher.ts';
import { soundOf } from '../rules/calls/script.ts';
import type { Services } from '../services/services.ts';
import type { RequestDue, StoredRequest } from '../storage/call-requests.ts';
import { lookInto } from './look-into.ts';

/**
 * Looks after the calls that were asked for by hand and whose time has come: those that wait are sent again, those that went
 * quiet are looked into. One request to storage where there is nothing to do.
 * @returns how many were looked into, and what went wrong: everything else was looked after all the same.
 */
export async function tendRequests(services: Services): Promise<{ healed: number; problems: unknown[] }> {
  const problems: unknown[] = [];
  const due = await services.requests.due(services.now());
  for (const row of due) await healRequest(services, row).catch((problem) => problems.push(problem));
  return { healed: due.length, problems };
}

async function healRequest(services: Services, { rowKey, requestId }: RequestDue): Promise<void> {
  const stored = await services.requests.find(requestId);
  // Somebody has seen to it since the row was read, and it is due at another time.
  if (stored?.request.dueRow !== rowKey) return;
  const { phase, callLegId, askedAt, isEnding, message } = stored.request;
  if (phase === 'waiting') return sendAgain(services, stored);
  if (phase === 'done') return tellNobodyKnows(services, stored);
  await lookInto(
    services,
    {
      purpose: purposeOf(stored.request),
      phase,
      callLegId,
      askedAt,
      isEnding,
      mayBeSilent: soundOf(message) === undefined,
      startAgain: () => askAgain(services, stored),
      extend: async (until, ends) => (await extend(services, stored, until, ends)) !== undefined,
      conclude: () => conclude(services, stored),
    },
    services.settings.limits,
  );
}

/** Whoever moves the due row sends the message, so that messages do not multiply. */
async function sendAgain(services: Services, stored: StoredRequest): Promise<void> {
  const { request } = stored;
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  if (await services.requests.save(stored, request, until)) await services.queues.send(request.queue, request.message);
}

/** Without its line the call must not be asked for again: others may be calling on it by now. */
async function askAgain(services: Services, stored: StoredRequest): Promise<void> {
  const { queue, message, line } = stored.request;
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  const extended = await extend(services, stored, until, false);
  if (!extended) return;
  if (line && !extended.request.line) return conclude(services, extended);
  await services.queues.send(queue, message);
}

async function conclude(services: Services, stored: StoredRequest): Promise<void> {
  if (stored.request.callLegId !== undefined) {
    await concludeRequest(services, stored);
    return;
  }
  const given = await services.requests.save(stored, { ...stored.request, phase: 'done' }, 'unchanged');
  if (given) await tellNobodyKnows(services, given);
}

/** No call was ever heard of. The message says so when it comes again, and ends on the poison queue for a person to see. */
async function tellNobodyKnows(services: Services, stored: StoredRequest): Promise<void> {
  const { queue, message, line } = stored.request;
  await services.queues.send(queue, message);
  await services.requests.save(stored, { ...stored.request, line: undefined }, undefined);
  if (line) await services.lines.free(line, services.now());
}

/** @returns the request as it is now, without its line if that was lost; undefined if somebody else changed it first. */
async function extend(
  services: Services,
  stored: StoredRequest,
  until: Date,
  isEnding: boolean,
): Promise<StoredRequest | undefined> {
  const { requestId, line } = stored.request;
  const held = line && (await services.lines.hold(line, requestHolder(requestId), lineLease(until)));
  const saved = await services.requests.save(stored, { ...stored.request, line: held, isEnding }, until);
  if (saved) return saved;
  // The call has ended meanwhile, and could not free a line that had just been lengthened.
  const current = held && (await services.requests.find(requestId));
  if (held && current?.request.phase === 'done') await services.lines.free(held, services.now());
  return undefined;
}
