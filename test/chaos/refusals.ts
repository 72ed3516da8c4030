import type { Random } from './random.ts';

/** What the service is asked to do, as the worlds name it. */
export type OperationName = 'createCall' | 'joinCall' | 'hangUp' | 'playAudio' | 'cancelMedia' | 'invite' | 'remove';

/** An HTTP status and the service's own code, as the clients of the app find it in the answer. */
export type Refusal = { readonly status: number; readonly code: string };

type Codes = readonly [Refusal, ...Refusal[]];
export const of = (status: number, code: string | number): Refusal => ({ status, code: String(code) });

/**
 * Refusals that say nothing about the call: our identity, our request, too much at once, not now. Those that say that a call
 * is over are given only if it is (service.ts). Microsoft: Troubleshooting call end response codes, `call-automation-sdk.md`.
 */
const IDENTITY = [of(401, 7500), of(403, 7504), of(403, 7507), of(403, 7600)] as const;
const LIMITS = [of(429, 8516), of(429, 8529)] as const;
const REQUEST = of(400, 8523);
const NOT_SUPPORTED = [of(405, 8520), of(405, 8522)] as const;
const CONFLICT = of(409, 8519);
const SPEECH = [of(400, 8564), of(400, 8565), of(400, 8567), of(400, 8568)] as const;
const MEDIA_UNDER_WAY = of(412, 8583);
const UNSETTLED = [of(400, 8501), of(400, 8585)] as const;

const GA: Readonly<Record<OperationName, Codes>> = {
  createCall: [REQUEST, ...IDENTITY, ...LIMITS, of(429, 8530)],
  joinCall: [REQUEST, ...IDENTITY, ...LIMITS],
  hangUp: [CONFLICT, ...UNSETTLED, ...IDENTITY, ...LIMITS],
  playAudio: [REQUEST, CONFLICT, MEDIA_UNDER_WAY, ...UNSETTLED, ...NOT_SUPPORTED, ...SPEECH, ...IDENTITY, ...LIMITS],
  cancelMedia: [CONFLICT, ...UNSETTLED, ...IDENTITY, ...LIMITS],
  invite: [REQUEST, CONFLICT, ...UNSETTLED, ...NOT_SUPPORTED, ...IDENTITY, ...LIMITS],
  remove: [CONFLICT, ...UNSETTLED, ...IDENTITY, ...LIMITS],
};

/** The reference page names the statuses 400, 401 and 500, and leaves the codes open. */
const PREVIEW: Codes = [of(400, 'BadRequest'), of(401, 'Unauthorized'), of(500, 'InternalServerError')];

/** A documented refusal of this operation. */
export const drawRefusal = (isGa: boolean, operation: OperationName, random: Random): Refusal =>
  random.pick(isGa ? GA[operation] : PREVIEW);

/** The answer to every hang-up of a call that the service refuses to end. */
export const refusalToEnd = (isGa: boolean): Refusal => (isGa ? CONFLICT : of(400, 'BadRequest'));

/** The answer to a request for a call that has ended, or that was not established yet. */
export function refusalOfState(isGa: boolean, isOver: boolean, random: Random): Refusal {
  if (!isGa) return of(400, isOver ? 'CallNotFound' : 'CallNotEstablished');
  return isOver ? random.pick([of(404, 8522), of(400, 8528), ...UNSETTLED]) : random.pick(UNSETTLED);
}
