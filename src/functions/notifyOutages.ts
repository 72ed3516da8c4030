import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { tendOutages } from '../lib/outages/tend.ts';

/** Every ten seconds: begins outages, looks into attempts that went quiet, and puts free lines to use. */
app.timer('notifyOutages', {
  schedule: '*/10 * * * * *',
  handler: async (_timer, context) => {
    for (const { outage, started, healed, state, problems } of await tendOutages(services)) {
      for (const problem of problems) context.error(`outage ${outage}: something could not be looked after:`, problem);
      context.info(`outage ${outage} is ${state}: ${started} calls started, ${healed} leases looked into`);
    }
  },
});
