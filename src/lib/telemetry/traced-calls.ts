import { CallAutomationError } from '../call-automation/errors.ts';
import type { CallAutomation } from '../call-automation/port.ts';
import { measure } from './metrics.ts';
import { SpanKind, traced } from './traces.ts';

/** Wraps each service request in a span with its operation, call leg and error status. Counts the calls placed. */
export function tracedCalls(calls: CallAutomation): CallAutomation {
  const asked = <Answer>(operation: string, callLegId: string | undefined, ask: () => Promise<Answer>) =>
    traced(
      `acs ${operation}`,
      {
        kind: SpanKind.CLIENT,
        attributes: { 'peer.service': 'acs', ...(callLegId && { 'ringdown.call': callLegId }) },
      },
      async (span) => {
        try {
          return await ask();
        } catch (error) {
          if (error instanceof CallAutomationError) {
            span.setAttributes({ 'http.response.status_code': error.status, 'ringdown.code': error.code });
          }
          throw error;
        }
      },
    );
  const placed = (operation: string, ask: () => ReturnType<CallAutomation['createCall']>) =>
    asked(operation, undefined, async () => {
      const answer = await ask();
      measure.callStarted();
      return answer;
    });
  return {
    isRepeatable: calls.isRepeatable,
    speaks: calls.speaks,
    listens: calls.listens,
    reportsAudioStart: calls.reportsAudioStart,
    joins: calls.joins,
    abilitiesOf: (caller) => calls.abilitiesOf(caller),
    createCall: (...args) => placed('createCall', () => calls.createCall(...args)),
    joinCall: (...args) => placed('joinCall', () => calls.joinCall(...args)),
    hangUp: (...args) => asked('hangUp', args[0], () => calls.hangUp(...args)),
    playAudio: (...args) => asked('playAudio', args[0], () => calls.playAudio(...args)),
    cancelMediaProcessing: (...args) =>
      asked('cancelMediaProcessing', args[0], () => calls.cancelMediaProcessing(...args)),
    inviteParticipants: (...args) =>
      asked('inviteParticipants', legOf(args[0]), () => calls.inviteParticipants(...args)),
    removeParticipant: (...args) => asked('removeParticipant', legOf(args[0]), () => calls.removeParticipant(...args)),
  };
}

const legOf = (call: Parameters<CallAutomation['removeParticipant']>[0]): string | undefined =>
  'callLegId' in call ? call.callLegId : undefined;
