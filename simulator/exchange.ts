import { randomUUID } from 'node:crypto';
import type { Key } from '../src/lib/call-automation/events.ts';
import { type Identifier, identityOf } from '../src/lib/call-automation/identifiers.ts';
import type {
  CallLegResponse,
  CreateCallRequest,
  InviteParticipantsRequest,
  JoinCallRequest,
  OperationResponse,
  PlayAudioRequest,
} from '../src/lib/call-automation/requests.ts';
import { CallLeg } from './call.ts';
import { Conversation } from './conversation.ts';
import { inviteParticipantResult } from './event-bodies.ts';
import { notNow, tooMany } from './refusal.ts';
import type { World } from './world.ts';

/** How long it takes to get into a conversation that one joins. */
const JOIN_SECONDS = 0.2;
const RETRY_AFTER_SECONDS = 1;

/** The telephone exchange: all calls and conversations, and what the nine operations do to them. */
export class Exchange {
  readonly #world: World;
  readonly #legs = new Map<string, CallLeg>();
  /** By conversation id and, for those that joinCall made, by group id too. */
  readonly #conversations = new Map<string, Conversation>();

  constructor(world: World) {
    this.#world = world;
  }

  createCall(request: CreateCallRequest): CallLegResponse {
    this.#checkLines(request);
    const conversation = this.#newConversation({ endsWithoutPeople: true });
    const leg = this.#newLeg(conversation, request);
    for (const identifier of request.targets) {
      conversation.ring({ identifier, role: 'called', leg, answered: () => leg.establish(), failed: () => {} });
    }
    return { callLegId: leg.id };
  }

  /** Joins by conversation id or group id; a group call that is not there yet begins. */
  joinCall(conversationId: string, request: JoinCallRequest): CallLegResponse {
    const conversation =
      this.#conversations.get(conversationId) ??
      this.#newConversation({ endsWithoutPeople: false, groupId: conversationId });
    const leg = this.#newLeg(conversation, request);
    leg.establishAfter(JOIN_SECONDS);
    return { callLegId: leg.id };
  }

  hangUp(callLegId: string): void {
    const leg = this.leg(callLegId);
    leg.mustNotBeOver();
    leg.end();
  }

  playAudio(callLegId: string, request: PlayAudioRequest): OperationResponse {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.playback.add({
      audioFileUri: request.audioFileUri,
      loop: request.loop ?? false,
      operationContext: request.operationContext ?? null,
    });
    return accepted(request.operationContext);
  }

  cancelMediaProcessing(callLegId: string, operationContext: string | undefined): OperationResponse {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.playback.cancel();
    return accepted(operationContext);
  }

  inviteParticipants(callLegId: string, request: InviteParticipantsRequest): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    this.#invite(leg, request);
  }

  /** Out of call. What came of it is told with the id of the leg that has been in the conversation longest. */
  inviteToConversation(conversationId: string, request: InviteParticipantsRequest): void {
    this.#invite(this.oldestLegOf(conversationId), request);
  }

  removeParticipant(callLegId: string, participantId: string): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.conversation.remove(participantId);
  }

  removeFromConversation(conversationId: string, participantId: string): void {
    this.oldestLegOf(conversationId).conversation.remove(participantId);
  }

  /** For the control API: the person in the call presses keys. */
  press(callLegId: string, keys: readonly Key[]): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.conversation.press(keys);
  }

  /** For the control API: a person in the call mutes or unmutes. */
  mute(callLegId: string, participantId: string, isMuted: boolean): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.conversation.mute(participantId, isMuted);
  }

  findLeg(callLegId: string): CallLeg | undefined {
    return this.#legs.get(callLegId);
  }

  findConversation(conversationId: string): Conversation | undefined {
    return this.#conversations.get(conversationId);
  }

  /** @throws Refusal where there is none. */
  leg(callLegId: string): CallLeg {
    const leg = this.#legs.get(callLegId);
    if (!leg) throw notNow('CallNotFound', `There is no call ${callLegId}`);
    return leg;
  }

  /** @throws Refusal where there is no such conversation. */
  oldestLegOf(conversationId: string): CallLeg {
    const leg = this.#conversations.get(conversationId)?.oldestLeg;
    if (!leg) throw notNow('ConversationNotFound', 'There is no such conversation');
    return leg;
  }

  /** The first to answer completes the invitation; it fails when nobody does. */
  #invite(leg: CallLeg, request: InviteParticipantsRequest): void {
    const { participants, operationContext = null, callbackUri } = request;
    mustNameCaller('alternateCallerId', request.alternateCallerId, participants);
    let ringing = participants.length;
    let isAnswered = false;
    for (const identifier of participants) {
      this.#world.records.invites(identityOf(identifier));
      leg.conversation.ring({
        identifier,
        role: 'invited',
        leg,
        answered: () => {
          ringing--;
          if (!isAnswered) leg.tell(inviteParticipantResult(operationContext, [identifier], null), callbackUri);
          isAnswered = true;
        },
        failed: (reason) => {
          ringing--;
          if (isAnswered || ringing > 0) return;
          leg.tell(inviteParticipantResult(operationContext, participants, reason), callbackUri);
        },
      });
    }
  }

  /** @throws Refusal where the caller number has no line left. */
  #checkLines(request: CreateCallRequest): void {
    mustNameCaller('sourceAlternateIdentity', request.sourceAlternateIdentity, request.targets);
    const { callsPerNumber } = this.#world.options;
    const number = request.sourceAlternateIdentity?.value;
    if (!number || !request.targets.some((target) => target.phoneNumber)) return;
    if (this.#world.records.inFlightOf(number) < callsPerNumber) return;
    throw tooMany(
      'ConcurrentCallLimitExceeded',
      `The caller number has ${callsPerNumber} calls in flight already, which is as many as it may have`,
      RETRY_AFTER_SECONDS,
    );
  }

  #newConversation({ endsWithoutPeople, groupId }: { endsWithoutPeople: boolean; groupId?: string }): Conversation {
    const conversation = new Conversation(this.#world, {
      endsWithoutPeople,
      over: () => {
        this.#conversations.delete(conversation.id);
        if (groupId !== undefined) this.#conversations.delete(groupId);
      },
    });
    this.#conversations.set(conversation.id, conversation);
    if (groupId !== undefined) this.#conversations.set(groupId, conversation);
    return conversation;
  }

  #newLeg(conversation: Conversation, request: CreateCallRequest | JoinCallRequest): CallLeg {
    const leg = new CallLeg(this.#world, conversation, request);
    this.#legs.set(leg.id, leg);
    return leg;
  }
}

/** "Alternate phone number required when inviting phone number" (reference page, Invite participant). */
function mustNameCaller(field: string, caller: object | undefined, called: readonly Identifier[]): void {
  if (caller || !called.some((identifier) => identifier.phoneNumber)) return;
  throw notNow('InvalidRequest', `The body does not fit: ${field}: is needed to call a phone number`);
}

const accepted = (operationContext: string | undefined): OperationResponse => ({
  id: randomUUID(),
  status: 'notStarted',
  operationContext: operationContext ?? null,
  resultInfo: { code: 0, subcode: 0, message: 'Action accepted.' },
});
