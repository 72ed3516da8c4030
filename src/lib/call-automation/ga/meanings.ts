import { type Meaning, type MeaningTable, meaningOfEnd, TELEPHONE_NETWORK } from '../meaning.ts';

/**
 * Results of today's API, by code and subcode (Microsoft: Troubleshooting call end response codes, `call-automation-sdk.md`).
 * 400/8501 and 400/8585 mean not established yet, or already disconnected: they do not say which.
 */
export const MEANINGS_GA: MeaningTable = {
  ...TELEPHONE_NETWORK,
  '400': 'ours',
  '400/8501': 'notNow',
  '400/8585': 'notNow',
  '400/8528': 'over',
  '404/8522': 'over',
};

/** What the telephone network says, if the carrier passes it on: SIP response codes and Q.850 causes. */
export type Diagnosis = { readonly code?: number | undefined };

/** What an event's `resultInformation` says. */
export type Result = {
  readonly code: number;
  readonly subCode?: number | undefined;
  readonly sipDetails?: Diagnosis | undefined;
  readonly q850Details?: Diagnosis | undefined;
};

/**
 * Causes that are clearer than a code of the service (ITU-T Q.850). 21, call rejected, is what it says: it changes nothing.
 * 34 to 47: no circuit, network out of order, temporary failure, congestion, circuit or resource unavailable.
 */
const BY_CAUSE: Readonly<Record<number, Meaning>> = {
  17: 'busy',
  18: 'noAnswer',
  19: 'noAnswer',
  34: 'congested',
  38: 'congested',
  41: 'congested',
  42: 'congested',
  44: 'congested',
  47: 'congested',
};

/** SIP responses that are clearer than a decline (RFC 3261, RFC 8197, RFC 8688). */
const BY_RESPONSE: Readonly<Record<number, Meaning>> = {
  408: 'noAnswer',
  480: 'noAnswer',
  486: 'busy',
  500: 'congested',
  503: 'congested',
  504: 'congested',
  600: 'busy',
  607: 'blocked',
  608: 'blocked',
};

/**
 * A decline or a failure that the telephone network explains is what it says. The network's own response may only repeat a failure
 * of the service, so it explains declines alone.
 */
export function meaningOfResult({ code, subCode = 0, sipDetails, q850Details }: Result): Meaning {
  const means = meaningOfEnd(MEANINGS_GA, code, subCode);
  if (means !== 'declined' && means !== 'failed') return means;
  const byResponse = means === 'declined' ? BY_RESPONSE[sipDetails?.code ?? 0] : undefined;
  // Who blocks a call may send a decline as its cause.
  if (byResponse === 'blocked') return byResponse;
  return BY_CAUSE[q850Details?.code ?? 0] ?? byResponse ?? means;
}

/** The codes for people: `603/560603, SIP 603, Q.850 21`. */
export function codesOf({ code, subCode = 0, sipDetails, q850Details }: Result): string {
  const network = [
    sipDetails?.code === undefined ? [] : `SIP ${sipDetails.code}`,
    q850Details?.code === undefined ? [] : `Q.850 ${q850Details.code}`,
  ];
  return [`${code}/${subCode}`, ...network.flat()].join(', ');
}
