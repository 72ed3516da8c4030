import type { QueueName } from './queue-store.ts';
import type { TableName } from './table-store.ts';

/**
 * Every store, with the personal data in it and how the data of one number are found. A table or queue that is missing
 * here does not compile. `privacy/` exports and erases by this list; docs/privacy.md is made from it.
 */
export type Kept = {
  /** What of a person is in it. `none`: nothing. */
  readonly holds: string;
  /** How a number is found, and what an erasure does. */
  readonly found: string;
};

const NONE: Kept = { holds: 'none', found: '' };
const POISON = 'read to the end; messages that mention the number are deleted, with the reason of their failure';

export const KEPT_IN_TABLES: Readonly<Record<TableName, Kept>> = {
  Outages: {
    holds: 'the operators of a script',
    found: 'each outage is read; an erasure takes the number off the scripts of outages that are over',
  },
  Recipients: {
    holds:
      'numbers, names and further columns of the people on lists, their ended calls, and rejected rows as they were sent',
    found: 'by the recipient id, in each outage; rejected rows by the number in a cell. An erasure leaves the counts',
  },
  CallLegs: {
    holds: 'events with the numbers of those in a call, keys that were pressed, invitations',
    found: 'by the call leg ids of recipients and requests, and by the name of each attempt and request',
  },
  Requests: { holds: 'messages for calls by hand', found: 'each request is read' },
  Lines: { ...NONE, found: 'only numbers of our own' },
  OptOuts: {
    holds: 'numbers that opted out, so that the list can be handed on; when a number was called in the last 24 hours',
    found: 'by the number id; an erasure leaves the id of an opt-out, so that the number is still not called',
  },
  Failures: { ...NONE, found: 'reasons without numbers, by a digest of the message; deleted with the message' },
};

export const KEPT_IN_QUEUES: Readonly<Record<QueueName, Kept>> = {
  'start-call': { holds: 'targets of calls by hand', found: POISON },
  'join-call': { ...NONE, found: POISON },
  'play-audio': { ...NONE, found: POISON },
  'cancel-media': { ...NONE, found: POISON },
  'invite-participants': { holds: 'people who are invited', found: POISON },
  'remove-participant': { holds: 'people who are removed', found: POISON },
  'hang-up': { ...NONE, found: POISON },
};
