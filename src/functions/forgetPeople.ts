import { forgetPeople as forget } from '../lib/privacy/forget-people.ts';
import { traced } from '../lib/telemetry/traces.ts';
import type { TimerFunction } from '../lib/triggers/functions.ts';

/** People in one run: a few minutes of work, within the time limit of a function. */
const MOST = 2_000;

/** Every ten minutes: reduces outages that ended long ago to their counts. */
const forgetPeople: TimerFunction = {
  kind: 'timer',
  schedule: '0 */10 * * * *',
  handlerFor: (services) => (_timer, context) =>
    traced('forgetPeople', {}, async () => {
      const people = await forget(services, MOST);
      if (people > 0) context.info(`${people} people of outages that ended long ago are forgotten`);
    }),
};

export default forgetPeople;
