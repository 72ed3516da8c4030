/** The app: loading this registers every function. */
import './functions/callEvents.ts';
import './functions/cancelMedia.ts';
import './functions/createOutage.ts';
import './functions/getCall.ts';
import './functions/getOutage.ts';
import './functions/hangUp.ts';
import './functions/importRecipients.ts';
import './functions/inviteParticipants.ts';
import './functions/joinCall.ts';
import './functions/notifyOutages.ts';
import './functions/playAudio.ts';
import './functions/removeParticipant.ts';
import './functions/startCall.ts';
import { settings } from './lib/app.ts';

// Not awaited, and after the rest: it takes about a second, and a call may be waiting for its first audio.
const telemetry = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
if (telemetry !== undefined) {
  setImmediate(async () => {
    try {
      const { startAzureMonitor } = await import('./lib/telemetry/azure-monitor.ts');
      startAzureMonitor(telemetry);
    } catch (error) {
      console.error('Telemetry could not be started; the app runs without:', error);
    }
  });
}
