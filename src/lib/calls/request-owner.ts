import { isStartRequest } from '../rules/calls/actions.ts';
import { provesNumber } from '../rules/calls/breaker.ts';
import { NO_NEWS } from '../rules/calls/leases.ts';
import type { RequestPurpose } from '../rules/calls/purpose.ts';
import { soundOf } from '../rules/calls/script.ts';
import { holderOfRequest } from '../rules/outages/line-holder.ts';
import { type Handled, postponed, type Services, superseded } from '../services/services.ts';
import { type CallRequest, dueTimeOf, type StoredRequest } from '../storage/call-requests.ts';
import { unused } from '../storage/lines.ts';
import { untilSaved } from '../storage/until-saved.ts';
import type { CallOwner, CallResult, OwnedCall, Placed } from './owned-call.ts';

/** How long a request waits for a line, or after a passing refusal, ms; then the timer sends its message again. */
export const REQUEST_PATIENCE_MS = 5_000;

/** A call that somebody requested by hand, as the owner of a call. */
export const requestOwner = (services: Services, requestId: string): CallOwner => ({
  bind: (callLegId) => bindRequest(services, requestId, callLegId),
  postpone: (until, callLegId) => postponeRequest(services, requestId, until, callLegId),
  placed: (callLegId) => placedRequest(services, requestId, callLegId),
  conclude: (result) => endRequest(services, requestId, result),
});

/** The purpose of a request's call. Joining a conversation makes us a guest in it. */
export const purposeOf = ({ queue, requestId }: CallRequest): RequestPurpose =>
  queue === 'join-call' ? { kind: 'request', requestId, as: 'guest' } : { kind: 'request', requestId };

/** The call of a claimed request, from its row. */
export function requestCall(services: Services, stored: StoredRequest): OwnedCall {
  const { request } = stored;
  const { requestId, queue, message, callLegId, askedAt, isEnding, line } = request;
  const { requests, queues, lines } = services;
  return {
    purpose: purposeOf(request),
    name: `request ${requestId}`,
    phase: 'dialling',
    callLegId,
    askedAt,
    isEnding,
    mayBeSilent: soundOf(message) === undefined,
    leaseUntil: dueTimeOf(request),
    line,
    needsLine: needsLine(request),
    holder: holderOfRequest(requestId, line),
    patienceMs: REQUEST_PATIENCE_MS,
    resend: (delaySeconds) => queues.send(queue, message, delaySeconds),
    bind: async (id) => void (await bindRequest(services, requestId, id)),
    postpone: async (until) => {
      if (line) await lines.free(unused(line), until);
      return (await requests.save(stored, waiting(request), until)) !== undefined;
    },
    withdraw: async () => {
      const until = new Date(services.now().getTime() + REQUEST_PATIENCE_MS);
      const saved = await requests.save(stored, waiting(request), until);
      if (saved && line) await lines.free(unused(line), services.now());
      return saved !== undefined;
    },
    refuse: async (_code, error) => {
      if (line) await lines.free(unused(line), services.now());
      await requests.release(stored);
      throw error;
    },
    saveLease: async (until, held, ending) => {
      const saved = await requests.save(stored, { ...request, line: held, isEnding: ending }, until);
      return saved && requestCall(services, saved);
    },
    hasEnded: async () => (await requests.find(requestId))?.request.phase === 'done',
    giveUpWithoutLine: () => giveUp(services, stored, NO_NEWS),
    conclude: (result) => giveUp(services, stored, result),
  };
}

/** A phone can be called only on a line. */
export const needsLine = ({ message }: CallRequest): boolean =>
  isStartRequest(message) && message.targets.some(({ phoneNumber }) => phoneNumber !== undefined);

/** Saves that the request waits; the timer sends its message again at `until`. */
export async function postponeUntil(
  services: Services,
  before: StoredRequest | undefined,
  request: CallRequest,
  what: string,
  until: Date,
): Promise<Handled> {
  const saved = await services.requests.save(before, waiting(request), until);
  return saved ? postponed(`request ${request.requestId} waits for ${what}`) : superseded(ANOTHER_COPY);
}

/** Why a copy of a message does nothing: another one changed the row first. */
export const ANOTHER_COPY = 'another copy of this message was first';

const waiting = (request: CallRequest): CallRequest => ({
  ...request,
  phase: 'waiting',
  line: undefined,
  callLegId: undefined,
  isEnding: undefined,
});

async function bindRequest({ requests }: Services, requestId: string, callLegId: string): Promise<boolean> {
  return untilSaved(`The call leg of request ${requestId}`, async () => {
    const stored = await requests.find(requestId);
    // An invitation to a conversation has no request of its own, only a callback.
    if (!stored || stored.request.callLegId !== undefined) return true;
    if (stored.request.phase === 'done') return false;
    return (await requests.save(stored, { ...stored.request, callLegId }, 'unchanged')) && true;
  });
}

/** @param callLegId the call that was not placed; the request may have another by now. */
async function postponeRequest(services: Services, requestId: string, until: Date, callLegId: string): Promise<void> {
  const line = await untilSaved(`The delay of request ${requestId}`, async () => {
    const stored = await services.requests.find(requestId);
    if (!stored || stored.request.callLegId !== callLegId || stored.request.phase === 'done') return null;
    const saved = await services.requests.save(stored, waiting(stored.request), until);
    return saved && (stored.request.line ?? null);
  });
  if (line) await services.lines.free(unused(line), until);
}

/** Where and when the request's call was placed; undefined if it has ended, or another call was placed. */
async function placedRequest(services: Services, requestId: string, callLegId: string): Promise<Placed | undefined> {
  const request = (await services.requests.find(requestId))?.request;
  if (!request || request.phase === 'done' || request.callLegId !== callLegId) return undefined;
  return { number: request.line?.number, placedAt: request.askedAt ?? '', callee: `request ${requestId}` };
}

/** The service reported the end of the request's call. */
async function endRequest(services: Services, requestId: string, result: CallResult): Promise<void> {
  await untilSaved(`The end of request ${requestId}`, async () => {
    const stored = await services.requests.find(requestId);
    if (!stored || stored.request.phase === 'done') return null;
    return (await concludeRequest(services, stored, result)) || undefined;
  });
}

/** Ends a request and frees its line. @returns false if the request changed since it was read; then nothing is done. */
async function concludeRequest(
  { requests, lines, now }: Services,
  stored: StoredRequest,
  { outcome, reason }: CallResult,
): Promise<boolean> {
  const { request } = stored;
  const saved = await requests.save(stored, { ...request, phase: 'done', line: undefined }, undefined);
  const reachedAt = provesNumber(outcome, reason) ? request.askedAt : undefined;
  if (saved && request.line) await lines.free(request.line, now(), reachedAt);
  return saved !== undefined;
}

/** Ends a request whose lease has ended. If no call leg is known, a person must see it. */
async function giveUp(services: Services, stored: StoredRequest, result: CallResult): Promise<void> {
  if (stored.request.callLegId !== undefined) {
    await concludeRequest(services, stored, result);
    return;
  }
  const given = await services.requests.save(stored, { ...stored.request, phase: 'done' }, 'unchanged');
  if (given) await reportLost(services, given);
}

/**
 * No event about the request's call ever arrived. Sends its message once more: it is refused with the reason, and ends
 * on the poison queue for a person to see.
 */
export async function reportLost(services: Services, stored: StoredRequest): Promise<void> {
  const { queue, message, line } = stored.request;
  await services.queues.send(queue, message);
  await services.requests.save(stored, { ...stored.request, line: undefined }, undefined);
  if (line) await services.lines.free(line, services.now());
}
