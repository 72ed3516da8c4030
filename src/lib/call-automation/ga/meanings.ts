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

/** A diagnosis of the telephone network, if the carrier gave one. */
type Diagnosis = { readonly code?: number | undefined };

/** What an event's `resultInformation` says. */
type Result = {
  readonly code: number;
  readonly subCode?: number | undefined;
  readonly sipDetails?: Diagnosis | undefined;
  readonly q850Details?: Diagnosis | undefined;
};

/** ITU-T Q.850: no circuit, network out of order, temporary failure, congestion, circuit or resource unavailable. */
const CONGESTION_CAUSES: ReadonlySet<number | undefined> = new Set([34, 38, 41, 42, 44, 47]);
/** SIP: server internal error, service unavailable, server time-out. */
const CONGESTION_RESPONSES: ReadonlySet<number | undefined> = new Set([500, 503, 504]);

/** A decline that the carrier's diagnosis explains as congestion is not the callee's. */
export function meaningOfResult({ code, subCode = 0, sipDetails, q850Details }: Result): Meaning {
  const means = meaningOfEnd(MEANINGS_GA, code, subCode);
  const isCongested = CONGESTION_CAUSES.has(q850Details?.code) || CONGESTION_RESPONSES.has(sipDetails?.code);
  return means === 'declined' && isCongested ? 'congested' : means;
}
