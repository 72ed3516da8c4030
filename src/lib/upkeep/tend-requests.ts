import { reportLost, requestCall } from '../calls/request-owner.ts';
import type { Services } from '../services/services.ts';
import type { RequestDue, StoredRequest } from '../storage/call-requests.ts';
import { healCall } from './heal-call.ts';

/**
 * Handles the requested calls that are due: sends the messages of those that wait again, and checks those whose lease
 * has ended. One request to storage if none is due.
 * @returns how many were handled, and the errors of single ones; the others were handled all the same.
 */
export async function tendRequests(services: Services): Promise<{ healed: number; problems: unknown[] }> {
  const problems: unknown[] = [];
  const due = await services.requests.due(services.now(), services.settings.batches.requests);
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

/** Only the process that moves the due row sends the message, so that messages do not multiply. */
async function sendAgain(services: Services, stored: StoredRequest): Promise<void> {
  const { request } = stored;
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  if (await services.requests.save(stored, request, until)) await services.queues.send(request.queue, request.message);
}
