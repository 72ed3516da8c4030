/** The app: loading this registers every function. */
import './functions/callEvents.ts';
import './functions/cancelMedia.ts';
import './functions/createOutage.ts';
import './functions/dashboard.ts';
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
import { startTelemetry } from './lib/telemetry/start.ts';

const telemetry = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
if (telemetry !== undefined) startTelemetry(telemetry);
