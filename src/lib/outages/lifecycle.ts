import { z } from 'zod';
import type { Outage } from './outage.ts';

/** What people may do with an outage. `upload`: add people to its list. */
export const OutageAction = z.enum(['pause', 'resume', 'cancel', 'restore', 'patch', 'upload']);
export type OutageAction = z.infer<typeof OutageAction>;

const ALLOWED: Readonly<Record<Outage['state'], readonly OutageAction[]>> = {
  scheduled: ['upload'],
  running: ['upload'],
  finished: ['upload'],
};

/** What can be done with the outage now. */
export const allowedActions = ({ state }: Pick<Outage, 'state'>): OutageAction[] => [...ALLOWED[state]];
