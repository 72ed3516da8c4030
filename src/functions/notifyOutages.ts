import { traced } from '../lib/telemetry/traces.ts';
import type { TimerFunction } from '../lib/triggers/functions.ts';
import { tick } from '../lib/upkeep/tick.ts';

/** Every ten seconds: checks calls whose lease has ended, starts outages, and gives free lines to due recipients. */
const notifyOutages: TimerFunction = {
  kind: 'timer',
  schedule: '*/10 * * * * *',
  handlerFor: (services) => (_timer, context) =>
    traced('notifyOutages', {}, async () => {
      await services.ticks.begin(services.now());
      await tick(services, context);
    }),
};

export default notifyOutages;
