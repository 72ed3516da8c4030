/** The app: loading this registers every function. */
import { app } from '@azure/functions';
import './functions/callEvents.ts';
import './functions/cancelMedia.ts';
import './functions/cancelOutage.ts';
import './functions/createOutage.ts';
import './functions/deleteOptOut.ts';
import './functions/getActivity.ts';
import './functions/dashboard.ts';
import './functions/dashboardFile.ts';
import './functions/getCall.ts';
import './functions/getHealth.ts';
import './functions/getOpenApi.ts';
import './functions/getOptOut.ts';
import './functions/getOutage.ts';
import './functions/getOutageCall.ts';
import './functions/getReport.ts';
import './functions/hangUp.ts';
import './functions/importRecipients.ts';
import './functions/inviteParticipants.ts';
import './functions/joinCall.ts';
import './functions/listCalls.ts';
import './functions/listOutages.ts';
import './functions/listRecipients.ts';
import './functions/notifyOutages.ts';
import './functions/patchOutage.ts';
import './functions/pauseOutage.ts';
import './functions/playAudio.ts';
import './functions/putOptOut.ts';
import './functions/removeParticipant.ts';
import './functions/restoreOutage.ts';
import './functions/resumeOutage.ts';
import './functions/startCall.ts';
import { settings } from './lib/services/compose.ts';
import { startTelemetry } from './lib/telemetry/start.ts';

const telemetry = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
if (telemetry !== undefined) startTelemetry(telemetry);

// Lists and reports of any length pass through, in flat memory.
app.setup({ enableHttpStream: true });
