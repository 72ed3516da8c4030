import { usableCallers } from '../rules/outages/callers.ts';
import type { Caller, Outage } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import type { Services } from '../services/services.ts';
import { mayUse } from '../storage/lines.ts';

/** The callers of an outage that the setting `CALLER_NUMBERS` still names, with at most its lines. */
export const callersOf = ({ settings }: Pick<Services, 'settings'>, { callers }: Pick<Outage, 'callers'>): Caller[] =>
  usableCallers(callers, settings.callers);

/** True if the line is one that the outage may use. */
export const isLineOf = (services: Pick<Services, 'settings'>, outage: Outage, line: HeldLine): boolean =>
  mayUse(callersOf(services, outage))(line);
