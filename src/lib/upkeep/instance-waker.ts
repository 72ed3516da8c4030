import { ConfigurationError } from '../base/errors.ts';
import { reported } from '../base/reported.ts';
import type { Services } from '../services/services.ts';
import { Waker } from './waker.ts';
import { wokenTick } from './woken-tick.ts';

/**
 * The waker of this instance. Its ticks belong to no invocation, so they log to the console.
 * @param composed the services, or why there are none; called when they are needed.
 */
export const instanceWaker = (composed: () => Services | ConfigurationError): Waker =>
  new Waker({
    now: () => new Date(),
    after: (ms, work) => void setTimeout(work, ms).unref(),
    run: async (isNeeded) => {
      const services = composed();
      if (services instanceof ConfigurationError) return undefined;
      return wokenTick(services, isNeeded, console).catch((error) => {
        console.error(`Ringdown error: a woken tick failed: ${reported(error)}`);
        return undefined;
      });
    },
  });
