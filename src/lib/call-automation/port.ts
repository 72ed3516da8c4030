import type { Identifier } from './identifiers.ts';
import type { CallLegResponse, PlayAudioRequest } from './requests.ts';
import type { Speech } from './speech.ts';

/** Target of an invitation or a removal: one of our call legs, or a conversation (out of call). */
export type CallAddress = { readonly callLegId: string } | { readonly conversationId: string };

/**
 * Identity of a request. A retry has the same identity: a service that supports this carries it out once, and repeats
 * its first answer.
 */
export type RequestIdentity = {
  /** `attempt <outage> <recipient> <n> <claim>`, `request <id> <claim>` or `action <call> <operation context>`. */
  readonly identity: string;
  readonly firstAskedAt: Date;
};

/** Joins a conversation. */
export type EnterCallRequest = {
  /** What the call is about, for services that show it. */
  readonly subject?: string | undefined;
  /** Where the events go. */
  readonly callbackUri: string;
  /** Events must say who is in the call. Some services always do. */
  readonly reportsParticipants: boolean;
};

/** Calls all targets in one call. */
export type PlaceCallRequest = EnterCallRequest & {
  readonly targets: readonly Identifier[];
  /** Our number, E.164. Needed to call phones. */
  readonly caller?: string | undefined;
};

export type InviteRequest = {
  readonly participants: readonly Identifier[];
  /** Our number, E.164. Needed to call phones. */
  readonly caller?: string | undefined;
  readonly operationContext?: string | undefined;
  /** Needed out of call, for the result. */
  readonly callbackUri?: string | undefined;
};

/** The URI of an audio file, or a text with its voice: exactly one of them. */
export type PlayRequest = Omit<PlayAudioRequest, 'audioFileUri'> & {
  readonly audioFileUri?: string | undefined;
  readonly speech?: Speech | undefined;
  /** Start listening for the callee's keys. Once a call; some services always listen. */
  readonly listen?: boolean | undefined;
};

/** Removes a participant from a call. `participantId` is the id from a ParticipantsUpdated event. */
export type RemoveParticipantRequest = {
  readonly participantId: string;
  readonly operationContext?: string | undefined;
  /** Needed out of call, if the service must join the call to act on it. */
  readonly callbackUri?: string | undefined;
};

/** What calls from a caller can do. A service may have callers of several kinds. */
export type CallerAbilities = {
  /** What people call this kind of caller, with its article: for errors. */
  readonly kind: string;
  /** They reach users of the service. Otherwise phones only. */
  readonly callsUsers: boolean;
  /** A number that was dialled in a call can be dialled in it again. */
  readonly redials: boolean;
  /** Phones can be invited to its calls from another caller that shares them, too. Otherwise only from itself. */
  readonly shares: boolean;
};

/**
 * Port to a call automation service: the nine operations of the reference page.
 * Every method throws `CallAutomationError` if the service refuses or cannot be reached.
 */
export interface CallAutomation {
  /** True if a request can be retried with the same identity. Otherwise never retry a request for a call. */
  readonly isRepeatable: boolean;
  /** True if the service can say texts. Otherwise it needs audio files. */
  readonly speaks: boolean;
  /** True if events report the callee's keys. */
  readonly listens: boolean;
  /** True if an event reports the start of audio. Otherwise an accepted request to play is the only evidence of it. */
  readonly reportsAudioStart: boolean;
  /** True if it can act on a conversation by its id: join it, and invite or remove people out of call. */
  readonly joins: boolean;
  /** @param caller our number, E.164; undefined for a call that shows none. */
  abilitiesOf(caller: string | undefined): CallerAbilities;
  createCall(request: PlaceCallRequest, asked: RequestIdentity): Promise<CallLegResponse>;
  joinCall(conversationId: string, request: EnterCallRequest, asked: RequestIdentity): Promise<CallLegResponse>;
  /** @param options `leave`: only we leave; the call continues for the others. */
  hangUp(callLegId: string, options: { readonly leave: boolean }, asked: RequestIdentity): Promise<void>;
  playAudio(callLegId: string, request: PlayRequest, asked: RequestIdentity): Promise<unknown>;
  cancelMediaProcessing(callLegId: string, operationContext: string, asked: RequestIdentity): Promise<unknown>;
  inviteParticipants(call: CallAddress, request: InviteRequest, asked: RequestIdentity): Promise<void>;
  removeParticipant(call: CallAddress, request: RemoveParticipantRequest, asked: RequestIdentity): Promise<void>;
}
