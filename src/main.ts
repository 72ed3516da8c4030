/** The app's entry: registers every function, reads the settings and composes the services that the functions use. */
import { app } from '@azure/functions';
import { FUNCTIONS } from './functions.ts';
import { readSettings } from './lib/config/settings.ts';
import { compose } from './lib/services/compose.ts';
import { startTelemetry } from './lib/telemetry/start.ts';
import { register } from './lib/triggers/functions.ts';

// Lists and reports of any length are streamed, in constant memory.
app.setup({ enableHttpStream: true });

for (const [name, it] of Object.entries(FUNCTIONS)) register(name, it, () => services);

// Wrong settings stop the start.
const settings = readSettings(process.env);
const services = compose(settings);

const telemetry = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
if (telemetry !== undefined) startTelemetry(telemetry);
