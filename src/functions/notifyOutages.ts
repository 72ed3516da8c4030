import { app, type InvocationContext } from '@azure/functions';
import { services } from '../lib/services/compose.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { traced } from '../lib/telemetry/traces.ts';
import { tendOutages } from '../lib/upkeep/tend-outages.ts';
import { tendRequests } from '../lib/upkeep/tend-requests.ts';

/** Every ten seconds: looks into calls that went quiet, begins outages, and puts free lines to use. */
app.timer('notifyOutages', {
  schedule: '*/10 * * * * *',
  handler: (_timer, context) => traced('notifyOutages', {}, () => notifyOutages(context)),
});

async function notifyOutages(context: InvocationContext): Promise<void> {
  const requests = await tendRequests(services);
  for (const problem of requests.problems) context.error('a requested call could not be looked after:', problem);
  for (const { outage, started, healed, linesInUse, dueLagMs, state, problems } of await tendOutages(services)) {
    for (const problem of problems) context.error(`outage ${outage}: something could not be looked after:`, problem);
    measure.outage(outage, linesInUse, dueLagMs);
    context.info(`outage ${outage} is ${state}: ${started} calls started, ${healed} leases looked into`);
  }
}
