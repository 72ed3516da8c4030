import { reportLost, requestCall } from '../calls/request-owner.ts';
import { sendAgain } from '../outages/waiting-requests.ts';
import { holderOfRequest } from '../rules/outages/line-holder.ts';
import type { Services } from '../services/services.ts';
import type { RequestDue } from '../storage/call-requests.ts';
import { healCall } from './heal-call.ts';
import { BY_HAND, InCall } from './in-call.ts';

/**
 * Handles the requested calls that are due, at most a batch: sends the messages of those that wait again, and checks those
 * whose lease has ended. One request to storage if none is due.
 * @param inCall gets to know who holds a line.
 * @returns how many were handled, and the errors of single ones; the others were handled all the same.
 */
export async function tendRequests(
  services: Services,
  inCall = new InCall(services.now()),
): Promise<{ healed: number; problems: unknown[] }> {
  const problems: unknown[] = [];
  const rows = await services.requests.due();
  inCall.add(
    BY_HAND,
    rows.map(({ requestId, holder }) => holderOfRequest(requestId, { holder })),
  );
  const due = rows.filter(({ at }) => at <= services.now()).slice(0, services.settings.batches.requests);
  inCall.awaited = rows.flatMap(({ waitsFor }) => waitsFor ?? []);
  for (const row of due) await healRequest(services, row).catch((problem) => problems.push(problem));
  return { healed: due.length, problems };
}

async function healRequest(services: Services, { rowKey, requestId }: RequestDue): Promise<void> {
  const stored = await services.requests.find(requestId);
  // The request was handled since its due row was read, and is due at another time.
  if (stored?.request.dueRow !== rowKey) return;
  switch (stored.request.phase) {
    case 'waiting':
      return sendAgain(services, stored);
    case 'dialling':
      return healCall(services, requestCall(services, stored));
    case 'done':
      return reportLost(services, stored);
  }
}
