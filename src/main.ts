/** The app's entry: registers every function, reads the settings and composes the services that the functions use. */
import { FUNCTIONS } from './functions.ts';
import { startServices } from './lib/services/start.ts';
import { startTelemetry } from './lib/telemetry/start.ts';
import { register } from './lib/triggers/functions.ts';
import { instanceWaker } from './lib/upkeep/instance-waker.ts';

const { look, wake } = instanceWaker(() => services);

// First of all: if loading fails before the first function is registered, the worker reports an app without functions.
for (const [name, it] of Object.entries(FUNCTIONS)) register(name, it, () => services, look);

const { services, telemetry } = startServices(process.env, console.error, wake);
if (telemetry !== undefined) startTelemetry(telemetry);
