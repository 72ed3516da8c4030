import { type MeaningTable, TELEPHONE_NETWORK } from './meaning.ts';

/**
 * Results of the 2021 API. The reference page names the statuses 400, 401 and 500, and leaves the error codes open. So a 400 is
 * evidence that a call is over only if its code says so.
 */
export const MEANINGS_2021: MeaningTable = {
  ...TELEPHONE_NETWORK,
  '400': 'ours',
  '400/CallNotFound': 'over',
  '404/CallNotFound': 'over',
  '400/CallNotEstablished': 'notNow',
};
