import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { lowerFirst, toCamelCase } from './casing.ts';
import { EventIdentifier } from './identifiers.ts';
import { CallEnding, meaningOfEnd } from './meaning.ts';
import { MEANINGS_2021 } from './meanings-2021.ts';
import { OperationStatus, ResultInfo } from './requests.ts';

/**
 * The events of the reference page (In-Call Events), after `toCamelCase`. The page shows nine: four call states,
 * a tone, audio played and audio cancelled, the result of an invitation, and who is in the call.
 * Unknown members are kept.
 */

export const EVENT_TYPE_PREFIX = 'Microsoft.Communication.';

/** `Established` in callbacks, `established` in models. An unknown state is kept and has no effect. */
const CallState = z.string().min(1).max(64).transform(lowerFirst);

/** A telephone key as a person would write it. */
export const Key = z.enum(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D']);
export type Key = z.infer<typeof Key>;

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

const WORD_KEYS: Readonly<Record<string, string>> = {
  star: '*',
  asterisk: '*',
  pound: '#',
  ...Object.fromEntries(DIGITS.map((word, digit) => [word, String(digit)])),
};

const Tone = z.string().transform((tone, context): Key => {
  const name = tone.toLowerCase().replace(/^tone/, '');
  const key = Key.safeParse(WORD_KEYS[name] ?? name.toUpperCase());
  if (key.success) return key.data;
  context.addIssue('is not a telephone key');
  return z.NEVER;
});

const CallLegId = z
  .string()
  .regex(/^[\w.:=@+-]{1,256}$/, 'must be 1 to 256 letters, digits and . : = @ + - _ (it is a key in Table Storage)');

const event = <const Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), occurredAt: z.string(), data });

/** `resultInfo` is not on the page. If present, it says why a call ended before it was answered; `ending` says what it means. */
const CallLegStateChanged = z.looseObject({
  callLegId: CallLegId,
  callState: CallState,
  conversationId: z.string().optional(),
  resultInfo: ResultInfo.optional(),
  ending: CallEnding.optional(),
  /** The codes of the end of a call, for people: the service's own, and those of the telephone network if it passes them on. */
  codes: z.string().optional(),
});

const DtmfReceived = z.looseObject({
  callLegId: CallLegId,
  toneInfo: z.looseObject({ sequenceId: z.number().int().nonnegative(), tone: Tone }),
  /** The recognition that collected the tone; absent if tones arrive singly. Each recognition numbers its own tones. */
  recognition: z.string().optional(),
});

const operationResult = {
  callLegId: CallLegId,
  operationContext: z.string().optional(),
  status: z.string().transform(lowerFirst).pipe(OperationStatus),
  resultInfo: ResultInfo.optional(),
};

/** How audio ended. */
export const AudioEnd = z.enum(['completed', 'cancelled', 'failed']);
export type AudioEnd = z.infer<typeof AudioEnd>;

const PlayAudioResult = z.looseObject({
  ...operationResult,
  /** Set by the adapter once the audio has ended: its status alone does not tell. */
  ended: AudioEnd.optional(),
});

const InviteParticipantResult = z.looseObject({
  ...operationResult,
  participants: z.array(EventIdentifier).optional(),
  /** False in an event of our own: we did not ask the service to call them. */
  wasDialled: z.boolean().optional(),
});

const ParticipantsUpdated = z.looseObject({
  callLegId: CallLegId,
  /** Order of these events, if the service numbers them. Otherwise use `occurredAt`. */
  sequence: z.number().int().optional(),
  participants: z.array(
    z.looseObject({
      identifier: EventIdentifier,
      participantId: z.string().min(1),
      isMuted: z.boolean().optional(),
    }),
  ),
});

/** An event of either API. `occurredAt` is the service's UTC time, unchanged. */
export const KnownCallEvent = z.discriminatedUnion('type', [
  event('CallLegStateChanged', CallLegStateChanged),
  event('DtmfReceived', DtmfReceived),
  event('PlayAudioResult', PlayAudioResult),
  event('InviteParticipantResult', InviteParticipantResult),
  event('ParticipantsUpdated', ParticipantsUpdated),
]);
export type KnownCallEvent = z.infer<typeof KnownCallEvent>;
export type KnownCallEventType = KnownCallEvent['type'];

const KNOWN_TYPES: ReadonlySet<string> = new Set(KnownCallEvent.options.map((option) => option.shape.type.value));

/** An event of unknown type. It is kept, not rejected: the service may add types. */
export type UnknownCallEvent = {
  readonly type: 'Unknown';
  readonly occurredAt: string;
  readonly data: { eventType: string; callLegId?: string; [member: string]: unknown };
};

/** An event of either API that passed its check, or one of unknown type. */
export type CallEvent = KnownCallEvent | UnknownCallEvent;

const Envelope = z.looseObject({
  eventType: z.string().min(1).max(256),
  eventTime: z.iso.datetime({ offset: true }),
  subject: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

/**
 * Parses one event of the 2021 API, in either casing.
 * @param index its position in the callback, for the error message.
 * @throws InvalidInputError naming the element and field.
 */
export function parseCallEvent(element: unknown, index: number): CallEvent {
  const envelope = Envelope.safeParse(toCamelCase(element));
  if (!envelope.success) {
    throw new InvalidInputError(`Event ${index} of the callback is not an event`, problemsOf(envelope.error));
  }
  const { eventType, eventTime, subject, data } = envelope.data;
  const type = eventType.startsWith(EVENT_TYPE_PREFIX) ? eventType.slice(EVENT_TYPE_PREFIX.length) : eventType;
  if (KNOWN_TYPES.has(type)) return withMeaning(knownEvent(type, { type, occurredAt: eventTime, data }, index));
  const callLegId = data['callLegId'] ?? subject?.match(/^callLeg\/([^/]+)/)?.[1];
  return unknownEvent(eventType, eventTime, callLegId, data);
}

/** Adds what the codes mean. */
function withMeaning(event: KnownCallEvent): KnownCallEvent {
  if (event.type === 'PlayAudioResult') return { ...event, data: { ...event.data, ended: audioEndIn(event.data) } };
  if (event.type !== 'CallLegStateChanged') return event;
  const { resultInfo, callState } = event.data;
  const codes = resultInfo && callState === 'terminated' ? `${resultInfo.code}/${resultInfo.subcode ?? 0}` : undefined;
  return { ...event, data: { ...event.data, ending: endingIn(resultInfo), ...(codes && { codes }) } };
}

/** Audio that ran to its end (200) or was cancelled (400, subcode 8508): both are `Completed` on the page. */
function audioEndIn({ status, resultInfo }: z.infer<typeof PlayAudioResult>): AudioEnd | undefined {
  if (status === 'running' || status === 'notStarted') return undefined;
  if (resultInfo?.subcode === CANCELLED_SUBCODE) return 'cancelled';
  return status === 'failed' || (resultInfo?.code ?? 200) >= 300 ? 'failed' : 'completed';
}

/** A code below 300 is a normal end. */
function endingIn(result: ResultInfo | undefined): CallEnding | undefined {
  if (!result || result.code < 300) return undefined;
  const { code, subcode = 0 } = result;
  return { means: meaningOfEnd(MEANINGS_2021, code, subcode), code: `${code}/${subcode}` };
}

/** Checks an event. @throws InvalidInputError naming each wrong field. */
export function knownEvent(name: string, event: object, index: number): KnownCallEvent {
  const parsed = KnownCallEvent.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`Event ${index} of the callback is no ${name}`, problemsOf(parsed.error));
}

/** Keeps an event of unknown type. Drops a `callLegId` that is not valid. */
export function unknownEvent(
  eventType: string,
  occurredAt: string,
  callLegId: unknown,
  data: Record<string, unknown>,
): UnknownCallEvent {
  const named = CallLegId.safeParse(callLegId);
  const { callLegId: _unchecked, ...rest } = data;
  return { type: 'Unknown', occurredAt, data: { ...rest, eventType, ...(named.success && { callLegId: named.data }) } };
}

/** Subcode of cancelled audio (reference page, Cancel media processing Event). */
const CANCELLED_SUBCODE = 8508;
