import type { InvocationContext } from '@azure/functions';
import { reported } from '../lib/base/reported.ts';
import { restingNote } from '../lib/rules/calls/breaker.ts';
import type { Services } from '../lib/services/services.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { traced } from '../lib/telemetry/traces.ts';
import type { TimerFunction } from '../lib/triggers/functions.ts';
import { InCall } from '../lib/upkeep/in-call.ts';
import { tendOutages } from '../lib/upkeep/tend-outages.ts';
import { tendRequests } from '../lib/upkeep/tend-requests.ts';

/** Every ten seconds: checks calls whose lease has ended, starts outages, and gives free lines to due recipients. */
const notifyOutages: TimerFunction = {
  kind: 'timer',
  schedule: '*/10 * * * * *',
  handlerFor: (services) => (_timer, context) => traced('notifyOutages', {}, () => tend(services, context)),
};

export default notifyOutages;

async function tend(services: Services, context: InvocationContext): Promise<void> {
  // Before anybody is called: until then, opt-outs of an earlier version are not found.
  await services.optOuts.convert();
  const inCall = new InCall(services.now());
  const requests = await tendRequests(services, inCall);
  for (const problem of requests.problems) context.error('a requested call could not be checked:', reported(problem));
  for (const { outage, started, healed, linesInUse, dueLagMs, state, resting, problems } of await tendOutages(
    services,
    inCall,
  )) {
    for (const problem of problems) context.error(`outage ${outage}: a step failed:`, reported(problem));
    for (const caller of resting) context.warn(`outage ${outage}: ${restingNote(caller)}`);
    measure.outage(outage, linesInUse, dueLagMs, resting.length);
    context.info(`outage ${outage} is ${state}: ${started} calls started, ${healed} leases checked`);
  }
}
