import { mustBePlayable } from '../lib/call-automation/speech.ts';
import { PlayAudio } from '../lib/rules/calls/actions.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction('play-audio', PlayAudio, async (services, message, as) => {
  const { callLegId, answeredAt, ...audio } = message;
  const { audioFileUri, speech } = audio;
  mustBePlayable(services, 'The audio cannot be played', { audioFileUri, speech });
  await services.calls.playAudio(callLegId, audio, as);
  if (answeredAt) measure.firstAudio(services.now().getTime() - Date.parse(answeredAt));
});
