import type { Key, KnownCallEvent, UnknownCallEvent } from '../../../src/lib/call-automation/events.ts';
import type { EventIdentifier } from '../../../src/lib/call-automation/identifiers.ts';
import { type CallEnding, meaningOfEnd } from '../../../src/lib/call-automation/meaning.ts';
import { MEANINGS_2021 } from '../../../src/lib/call-automation/meanings-2021.ts';
import type { ResultInfo } from '../../../src/lib/call-automation/requests.ts';

/** Events of one call as `parseCallEvents` returns them. */

export const LEG = 'leg-1';

export type EventOf<Type extends KnownCallEvent['type']> = Extract<KnownCallEvent, { type: Type }>;

/** The time this many seconds after the call began. */
export const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 8, 0, second)).toISOString();

type State = EventOf<'CallLegStateChanged'>['data']['callState'];

export function stateIs(callState: State, resultInfo?: ResultInfo, second = 0): EventOf<'CallLegStateChanged'> {
  return {
    type: 'CallLegStateChanged',
    occurredAt: at(second),
    data: { callLegId: LEG, callState, ...(resultInfo && { resultInfo, ...saidIn(resultInfo) }) },
  };
}

function saidIn({ code, subcode = 0 }: ResultInfo): { ending: CallEnding | undefined; codes: string } {
  const codes = `${code}/${subcode}`;
  return { ending: code < 300 ? undefined : { means: meaningOfEnd(MEANINGS_2021, code, subcode), code: codes }, codes };
}

export const establishing = stateIs('establishing');
export const established = stateIs('established', undefined, 5);
export const terminating = stateIs('terminating', undefined, 60);
export const terminated = stateIs('terminated', undefined, 61);

/** The end of a call with the code the service gives for it, e.g. 486 for a busy phone. */
export const endedWith = (code: number, subcode?: number): EventOf<'CallLegStateChanged'> =>
  stateIs('terminated', { code, ...(subcode !== undefined && { subcode }) }, 61);

export function tone(key: Key, sequenceId = 1, second = 10): EventOf<'DtmfReceived'> {
  return {
    type: 'DtmfReceived',
    occurredAt: at(second),
    data: { callLegId: LEG, toneInfo: { sequenceId, tone: key } },
  };
}

export type Result = 'completed' | 'cancelled' | 'failed';

const RESULTS: Readonly<Record<Result, Pick<EventOf<'PlayAudioResult'>['data'], 'status' | 'resultInfo' | 'ended'>>> = {
  completed: {
    status: 'completed',
    ended: 'completed',
    resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' },
  },
  cancelled: { status: 'completed', ended: 'cancelled', resultInfo: { code: 400, subcode: 8508 } },
  failed: { status: 'failed', ended: 'failed', resultInfo: { code: 400, subcode: 8536 } },
};

/** The service says that audio began; the API of 2021 has no such event. */
export function audioBegan(operationContext?: string): EventOf<'PlayAudioResult'> {
  const context = operationContext === undefined ? {} : { operationContext };
  return { type: 'PlayAudioResult', occurredAt: at(6), data: { callLegId: LEG, status: 'running', ...context } };
}

/** How audio ended, as the reference page reports it: a cancelled audio is `Completed` too, with a subcode. */
export function audioEnded(result: Result, operationContext?: string): EventOf<'PlayAudioResult'> {
  return {
    type: 'PlayAudioResult',
    occurredAt: at(20),
    data: { callLegId: LEG, ...(operationContext !== undefined && { operationContext }), ...RESULTS[result] },
  };
}

export function invited(
  status: EventOf<'InviteParticipantResult'>['data']['status'],
  operationContext: string | undefined,
  second = 30,
): EventOf<'InviteParticipantResult'> {
  return {
    type: 'InviteParticipantResult',
    occurredAt: at(second),
    data: { callLegId: LEG, status, ...(operationContext !== undefined && { operationContext }) },
  };
}

export const phone = (value: string): EventIdentifier => ({ phoneNumber: { value } });
export const user = (id: string): EventIdentifier => ({ rawId: id, communicationUser: { id } });

export function presentAre(who: readonly EventIdentifier[], second = 40): EventOf<'ParticipantsUpdated'> {
  const participants = who.map((identifier, index) => ({ identifier, participantId: `participant-${index}` }));
  return { type: 'ParticipantsUpdated', occurredAt: at(second), data: { callLegId: LEG, participants } };
}

export const unheardOf: UnknownCallEvent = {
  type: 'Unknown',
  occurredAt: at(7),
  data: { eventType: 'Microsoft.Communication.RecordingStarted', callLegId: LEG },
};
