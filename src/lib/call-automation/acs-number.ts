import type { CallerAbilities } from './port.ts';

/** A number bought in ACS, or a call without a number, with either API. */
export const ACS_NUMBER: CallerAbilities = { kind: 'an ACS number', callsUsers: true, redials: true, shares: true };
