import type { Failure } from './people.ts';
import type { Random } from './random.ts';

const of = (code: number, subcode: number, message: string): Failure => ({ code, subcode, message });

/** Ends of calls that nobody answered, whatever the callee would have done (Microsoft: `pstn.md`, `call-automation-sdk.md`). */
const ENDINGS = [
  of(408, 560408, 'The callee did not answer in time.'),
  of(480, 560480, 'The callee is not available.'),
  of(486, 540486, 'The callee is busy.'),
  of(484, 560484, 'The number is incomplete.'),
  of(404, 560404, 'The number does not exist.'),
  of(403, 560403, 'The call was rejected.'),
  of(603, 560603, 'The call was declined.'),
  of(487, 560487, 'The call was cancelled.'),
  of(497, 560497, 'The call was cancelled.'),
  of(500, 560500, 'A service in between failed.'),
  of(503, 560503, 'A service in between failed.'),
  of(410, 531004, 'The media path could not be made.'),
] as const;

/** Ends that concern our own configuration: the caller number, the resource, the trunk. */
const OURS = [
  of(404, 511404, 'The caller number does not belong to this resource.'),
  of(403, 510403, 'The caller id is not allowed.'),
  of(403, 511532, 'The trunk is not configured.'),
] as const;

export const drawEnding = (random: Random): Failure => random.pick(ENDINGS);
export const drawOurEnding = (random: Random): Failure => random.pick(OURS);
/** The callee's number is wrong, or ours: the code does not say which. */
export const isUnclear = ({ code }: Failure): boolean => code === 404 || code === 484;

export const isOurs = ({ code, subcode }: Failure): boolean =>
  OURS.some((ours) => ours.code === code && ours.subcode === subcode);
