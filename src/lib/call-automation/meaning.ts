import { z } from 'zod';

/**
 * What a result of the service means: the end of a call, or the refusal of a request. Rules and workflows see meanings, never
 * codes; each API has one table of its codes (meanings-2021.ts, ga/meanings.ts).
 * `noAnswer`, `busy`, `declined` concern the callee. `cancelled`: the call ended while it rang.
 * `blocked`    the callee, or somebody in between, takes no calls from our number.
 * `badNumber`  the callee's number is incomplete or unknown, or the caller number is not ours: the code does not say which.
 * `denied`     our identity, key or permission was refused.
 * `ours`       our caller number, resource or request is wrong.
 * `limit`      too many calls or requests at once; wait.
 * `congested`  the carrier had no room for the call.
 * `failed`     a service in between failed.
 * `over`       there is no such call: it has ended.
 * `notNow`     the request does not fit the state of the call. This is no evidence that the call has ended.
 * `unreachable` the request did not reach the service.
 */
export const Meaning = z.enum([
  'noAnswer',
  'busy',
  'declined',
  'blocked',
  'cancelled',
  'badNumber',
  'denied',
  'ours',
  'limit',
  'congested',
  'failed',
  'over',
  'notNow',
  'unreachable',
]);
export type Meaning = z.infer<typeof Meaning>;

/** The meanings that concern our own configuration. They are nobody's outcome. */
export const isOurFault = (means: Meaning): boolean => means === 'ours' || means === 'denied';

/** How a call ended: what it means, and the service's codes for people to read, e.g. `486/560486`. */
export const CallEnding = z.object({ means: Meaning, code: z.string() });
export type CallEnding = z.infer<typeof CallEnding>;

/** Meanings by code and subcode (`404/8522`), by subcode alone (`any/8530`), or by code if the subcode decides nothing (`486`). */
export type MeaningTable = Readonly<Record<string, Meaning>>;

/** The meaning of how a call ended. */
export const meaningOfEnd = (table: MeaningTable, code: number, subcode: number): Meaning =>
  exact(table, code, subcode) ?? table[code] ?? 'failed';

/**
 * The meaning of a refused request. A code that the table does not name decides by its HTTP status: the codes of the telephone
 * network are not HTTP statuses, and a 404 that names no call is a wrong address of ours.
 */
export const meaningOfRefusal = (table: MeaningTable, status: number, code: string): Meaning =>
  exact(table, status, code) ?? REFUSED[status] ?? (status >= 400 && status < 500 ? 'ours' : 'failed');

const REFUSED: MeaningTable = { '401': 'denied', '403': 'denied', '409': 'notNow', '412': 'notNow', '429': 'limit' };

const exact = (table: MeaningTable, code: number, detail: number | string): Meaning | undefined =>
  table[`${code}/${detail}`] ?? table[`any/${detail}`];

/**
 * SIP response codes and subcodes of the telephone network, which both APIs pass on (Microsoft: Troubleshooting call end
 * response codes, `call-automation-sdk.md` and `pstn.md`). 603 is a decline, or fraud detection, or too many calls from one
 * number; 404 and 484 can mean the caller number, too.
 */
export const TELEPHONE_NETWORK: MeaningTable = {
  '401': 'denied',
  '403': 'denied',
  '403/510403': 'ours',
  '403/511532': 'ours',
  '403/560403': 'declined',
  '404': 'badNumber',
  '404/511404': 'ours',
  '408': 'noAnswer',
  '410': 'failed',
  '429': 'limit',
  '480': 'noAnswer',
  '484': 'badNumber',
  '486': 'busy',
  '487': 'cancelled',
  '497': 'cancelled',
  '603': 'declined',
  // RFC 8197: unwanted. RFC 8688: rejected by an analytics engine in between.
  '607': 'blocked',
  '608': 'blocked',
  'any/8516': 'limit',
  'any/8529': 'limit',
  'any/8530': 'limit',
};
