import { z } from 'zod';
import { InvalidInputError } from '../../base/errors.ts';
import { problemsOf } from '../../base/problems.ts';
import { toCamelCase } from '../casing.ts';
import {
  type AudioEnd,
  type CallEvent,
  EVENT_TYPE_PREFIX,
  type KnownCallEvent,
  knownEvent,
  unknownEvent,
} from '../events.ts';
import { EventIdentifier, identityOf } from '../identifiers.ts';
import type { CallEnding } from '../meaning.ts';
import { codesOf, meaningOfResult } from './meanings.ts';

/**
 * Reads the callbacks of the current API (CloudEvents 1.0) as our own events. `callConnectionId` is our call leg id,
 * `serverCallId` our conversation id, and the raw id our participant id. Members: the SDK's types (`RestCallConnected`
 * and so on).
 */

/** What the telephone network said; only if the carrier gives it. */
const Diagnosis = z.looseObject({ code: z.number().int().optional() });

const ResultInformation = z.looseObject({
  code: z.number().int(),
  subCode: z.number().int().optional(),
  message: z.string().optional(),
  sipDetails: Diagnosis.optional(),
  q850Details: Diagnosis.optional(),
});

const Data = z.looseObject({
  callConnectionId: z.string().optional(),
  serverCallId: z.string().optional(),
  operationContext: z.string().optional(),
  resultInformation: ResultInformation.optional(),
  participant: EventIdentifier.optional(),
  participants: z.array(z.looseObject({ identifier: EventIdentifier, isMuted: z.boolean().optional() })).optional(),
  sequenceNumber: z.number().int().optional(),
  sequenceId: z.number().int().optional(),
  tone: z.string().optional(),
  dtmfResult: z.looseObject({ tones: z.array(z.string()).optional() }).optional(),
});
type Data = z.infer<typeof Data>;

const CloudEvent = z.looseObject({
  specversion: z.string(),
  type: z.string().min(1).max(256),
  time: z.iso.datetime({ offset: true }),
  data: Data,
});

export const isCloudEvent = (element: unknown): boolean =>
  typeof element === 'object' && element !== null && 'specversion' in element;

/** One of our events, before KnownCallEvent checks it. */
type Told = { readonly type: KnownCallEvent['type']; readonly data: object };
type Reader = (data: Data) => readonly Told[];

const stateIs =
  (callState: string): Reader =>
  ({ callConnectionId: callLegId, serverCallId: conversationId, resultInformation: result }) => [
    {
      type: 'CallLegStateChanged',
      data: {
        callLegId,
        callState,
        conversationId,
        ...resultOf(result),
        ending: endingOf(result),
        ...(result && callState === 'terminated' && { codes: codesOf(result) }),
      },
    },
  ];

const operationIs =
  (type: 'PlayAudioResult' | 'InviteParticipantResult', status: string): Reader =>
  ({ callConnectionId: callLegId, operationContext, resultInformation, participant }) => {
    const participants = participant && [participant];
    return [{ type, data: { callLegId, operationContext, status, participants, ...resultOf(resultInformation) } }];
  };

const toneReceived: Reader = ({ callConnectionId: callLegId, sequenceId, tone }) => [
  { type: 'DtmfReceived', data: { callLegId, toneInfo: { sequenceId, tone } } },
];

/** Collected tones arrive in one event, without numbers. */
const tonesRecognized: Reader = ({ callConnectionId: callLegId, operationContext: recognition = '', dtmfResult }) =>
  (dtmfResult?.tones ?? []).map((tone, sequenceId) => ({
    type: 'DtmfReceived',
    data: { callLegId, recognition, toneInfo: { sequenceId, tone } },
  }));

const participantsUpdated: Reader = ({ callConnectionId: callLegId, sequenceNumber: sequence, participants }) => [
  {
    type: 'ParticipantsUpdated',
    data: {
      callLegId,
      sequence,
      participants: participants?.map(({ identifier, isMuted }) => ({
        identifier,
        participantId: identifier.rawId ?? identityOf(identifier),
        isMuted,
      })),
    },
  },
];

/** Cancelled audio has the status completed, as on the reference page. */
const audioEnded =
  (ended: AudioEnd): Reader =>
  (data) =>
    operationIs(
      'PlayAudioResult',
      ended === 'failed' ? 'failed' : 'completed',
    )(data).map(({ type, data: told }) => ({
      type,
      data: { ...told, ended },
    }));

/**
 * Readers by event name. All other events are kept and have no effect: RemoveParticipantSucceeded and -Failed,
 * ContinuousDtmfRecognitionToneFailed and -Stopped, and any future ones.
 */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['CallConnected', stateIs('established')],
  ['CallDisconnected', stateIs('terminated')],
  ['CreateCallFailed', stateIs('terminated')],
  ['ConnectFailed', stateIs('terminated')],
  ['PlayStarted', operationIs('PlayAudioResult', 'running')],
  ['PlayCompleted', audioEnded('completed')],
  ['PlayFailed', audioEnded('failed')],
  ['PlayCanceled', audioEnded('cancelled')],
  ['ContinuousDtmfRecognitionToneReceived', toneReceived],
  ['RecognizeCompleted', tonesRecognized],
  ['AddParticipantSucceeded', operationIs('InviteParticipantResult', 'completed')],
  ['AddParticipantFailed', operationIs('InviteParticipantResult', 'failed')],
  ['ParticipantsUpdated', participantsUpdated],
]);

/**
 * Parses one CloudEvent into one or more of our events; an unknown one is kept.
 * @param index its place in the callback, for the error.
 * @throws InvalidInputError naming the element and field.
 */
export function parseCloudEvent(element: unknown, index: number): CallEvent[] {
  const parsed = CloudEvent.safeParse(toCamelCase(element));
  if (!parsed.success) {
    throw new InvalidInputError(`Event ${index} of the callback is not an event`, problemsOf(parsed.error));
  }
  const { type, time: occurredAt, data } = parsed.data;
  const name = type.startsWith(EVENT_TYPE_PREFIX) ? type.slice(EVENT_TYPE_PREFIX.length) : type;
  const told = READERS.get(name)?.(data) ?? [];
  if (told.length === 0) return [unknownEvent(type, occurredAt, data.callConnectionId, data)];
  return told.map((event) => knownEvent(name, { ...event, occurredAt }, index));
}

/** A code below 300 is a normal end. */
function endingOf(result: Data['resultInformation']): CallEnding | undefined {
  if (!result || result.code < 300) return undefined;
  return { means: meaningOfResult(result), code: `${result.code}/${result.subCode ?? 0}` };
}

function resultOf(result: Data['resultInformation']) {
  if (!result) return {};
  const { subCode: subcode, ...rest } = result;
  return { resultInfo: { ...rest, subcode } };
}
