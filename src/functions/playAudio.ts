import { app } from '@azure/functions';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { PlayAudio } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

app.storageQueue('playAudio', {
  queueName: 'play-audio',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'play-audio', PlayAudio, (given, messageId) => {
    const message = named(given, messageId);
    const { callLegId, answeredAt, ...audio } = message;
    return performAction(services, { queue: 'play-audio', address: callLegId, message }, async (as) => {
      await services.calls.playAudio(callLegId, audio, as);
      if (answeredAt) measure.firstAudio(services.now().getTime() - Date.parse(answeredAt));
    });
  }),
});
