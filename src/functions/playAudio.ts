import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { PlayAudio } from '../lib/calls/actions.ts';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';
import { measure } from '../lib/telemetry/metrics.ts';

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
