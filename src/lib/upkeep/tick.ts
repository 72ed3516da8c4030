import { reported } from '../base/reported.ts';
import { restingNote } from '../rules/calls/breaker.ts';
import { spendNote } from '../rules/spending.ts';
import type { Services } from '../services/services.ts';
import { measure } from '../telemetry/metrics.ts';
import { InCall } from './in-call.ts';
import { tendOutages } from './tend-outages.ts';
import { tendRequests } from './tend-requests.ts';

/** Where a tick reports: the context of a function, or the console. */
export type TickLog = Pick<Console, 'error' | 'warn' | 'info'>;

/** One tick: checks calls whose lease has ended, starts outages, and gives free lines to due recipients. */
export async function tick(services: Services, log: TickLog): Promise<void> {
  // Before anybody is called: until then, opt-outs of an earlier version are not found.
  await services.optOuts.convert();
  const inCall = new InCall(services.now());
  const requests = await tendRequests(services, inCall);
  for (const problem of requests.problems) log.error('a requested call could not be checked:', reported(problem));
  for (const {
    outage,
    started,
    healed,
    linesInUse,
    dueLagMs,
    state,
    resting,
    spendHold,
    problems,
  } of await tendOutages(services, inCall)) {
    for (const problem of problems) log.error(`outage ${outage}: a step failed:`, reported(problem));
    for (const caller of resting) log.warn(`outage ${outage}: ${restingNote(caller)}`);
    if (spendHold) log.warn(`outage ${outage}: ${spendNote(spendHold)}`);
    measure.outage(outage, linesInUse, dueLagMs, resting.length);
    log.info(`outage ${outage} is ${state}: ${started} calls started, ${healed} leases checked`);
  }
}
