import type { Assignment, Standing } from './assignments.ts';

/** Nothing to ask about. */
export const NO_ACCOUNT =
  'CALLER_NUMBERS names no Teams resource account. One looks like +14255550190@<object id>:2 (docs/teams-phone.md).';

/** What each answer means, and what to do. */
const MEANINGS: Readonly<Record<Standing, (assign: string) => string>> = {
  assigned: () =>
    'may call. If it still cannot, look at its licence and its number (docs/teams-phone.md, steps 1 and 4)',
  missing: (assign) =>
    `is not assigned to this ACS resource. An owner of the resource makes the assignment with:\n  ${assign}`,
  otherKind: (assign) => `is assigned as a person, not as a resource account. Assign it again with:\n  ${assign}`,
  denied: () =>
    'cannot be asked about: the access key is of another resource, or the identity lacks the role Contributor on ACS',
  failed: () => 'cannot be asked about: the service gave no usable answer; try again',
};

/** The answer for people. @param host the host name of the ACS resource. */
export const told = ({ account, standing, answer }: Assignment, host: string, tenant: string): string =>
  `${account} (${answer}) ${MEANINGS[standing](`sh infra/assign-resource-account.sh ${host} ${tenant} ${account}`)}`;
