import { PlayAudio } from '../lib/rules/calls/actions.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction('play-audio', PlayAudio, async ({ calls, now }, message, as) => {
  const { callLegId, answeredAt, ...audio } = message;
  await calls.playAudio(callLegId, audio, as);
  if (answeredAt) measure.firstAudio(now().getTime() - Date.parse(answeredAt));
});
