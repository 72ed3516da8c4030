/** Makes the app's own clients from the environment, does with them what every call needs, and exits. */
import { readSettings } from '../../../src/lib/config/settings.ts';
import { compose } from '../../../src/lib/services/compose.ts';

const services = compose(readSettings(process.env));
const somebody = services.ids.numberIdOf({ phoneNumber: { value: '+14255550123' } });

try {
  await services.queues.send('hang-up', { callLegId: 'leg' });
  await services.optOuts.add(somebody, { outageId: 'storm', at: services.now() });
  process.send?.({ type: 'ready', isOptedOut: await services.optOuts.has(somebody) });
} catch (error) {
  process.send?.({ type: 'ready', error: error instanceof Error ? error.message : String(error) });
}
process.disconnect();
