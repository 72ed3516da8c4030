import type { Services } from '../services/services.ts';

/**
 * A call was asked for and nothing was heard of it: the answer was lost, or whoever asked has died. A service that knows requests
 * by their identity is asked again, as the same request, and tells of the same call.
 */

/** Longer than the service can be asked to call (the client gives up after fifteen seconds, and asks once), ms. */
const ASKING_MS = 20_000;

/** How long to wait before a call is asked for again, ms. A short lease leaves less time: it must come before its end. */
export const askingMs = ({ settings }: Services): number => Math.min(ASKING_MS, settings.limits.leaseMs / 3);

/** How long whoever asked then may be asking still, ms. Only once they cannot be is the same request made again. */
export const stillAskingMs = (services: Services, askedAt = ''): number =>
  Math.max(0, Date.parse(askedAt) + askingMs(services) - services.now().getTime());

/** Too many requests, our key refused, or the service out of reach: not the fault of whoever is called, nor of the message. */
const PASSING: ReadonlySet<number> = new Set([0, 401, 403, 429]);

export const isPassing = ({ status }: { readonly status: number }): boolean => PASSING.has(status);

/**
 * True where the call may have been placed although the service refused or was silent. A passing refusal of a later request
 * says nothing of the first.
 */
export const mayBePlaced = (
  error: { readonly status: number; readonly mayHaveHappened: boolean },
  isAgain: boolean,
): boolean => error.mayHaveHappened || (isAgain && isPassing(error));
