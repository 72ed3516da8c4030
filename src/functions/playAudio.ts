import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { PlayAudio } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('playAudio', {
  queueName: 'play-audio',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'play-audio', PlayAudio, ({ callLegId, ...audio }, messageId) => {
    const operationContext = audio.operationContext ?? messageId;
    return performAction(services, { address: callLegId, operationContext, action: 'playAudio' }, (as) =>
      services.calls.playAudio(callLegId, { ...audio, operationContext }, as),
    );
  }),
});
