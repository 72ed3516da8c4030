import { randomUUID } from 'node:crypto';
import type { Key } from '../../src/lib/call-automation/events.ts';
import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import type {
  CallLegResponse,
  CreateCallRequest,
  InviteParticipantsRequest,
  JoinCallRequest,
  OperationResponse,
} from '../../src/lib/call-automation/requests.ts';
import { notNow, Refusal, tooMany } from '../base/refusal.ts';
import { CallLeg, type Placing } from './call.ts';
import { Conversation } from './conversation.ts';
import { invite, mustNameCaller } from './invitation.ts';
import type { Play } from './playback.ts';
import { REASONS } from './reasons.ts';
import { invitedByAccount, placedByAccount } from './resource-accounts.ts';
import type { World } from './world.ts';

/** How long joining a conversation takes. */
const JOIN_SECONDS = 0.2;
const RETRY_AFTER_SECONDS = 1;
/** How long until a call over the limit fails, in an API that reports this by an event. */
const REFUSING_SECONDS = 0.2;

/** The API that the request came by, whether the call can say texts, and the resource account that it comes from. */
type Asking = Omit<Placing, 'request'>;

/** The telephone exchange: all calls and conversations, and the operations on them. */
export class Exchange {
  readonly #world: World;
  readonly #legs = new Map<string, CallLeg>();
  /** By conversation id and, for those that joinCall made, by group id too. */
  readonly #conversations = new Map<string, Conversation>();

  constructor(world: World) {
    this.#world = world;
  }

  createCall(given: CreateCallRequest, by: Asking): CallLegResponse {
    const request = by.accountId === undefined ? given : placedByAccount(this.#world, by.accountId, given);
    mustNameCaller('sourceAlternateIdentity', request.sourceAlternateIdentity, request.targets);
    const isTooMany = this.#isTooMany(request);
    if (isTooMany && by.dialect.refusesCallsTooMany) throw this.#tooManyCalls();
    const conversation = this.#newConversation({ endsWithoutPeople: true });
    const leg = this.#newLeg(conversation, request, by);
    if (isTooMany) {
      leg.endAfter(REFUSING_SECONDS, REASONS.overLimit);
      return { callLegId: leg.id };
    }
    for (const identifier of request.targets) {
      this.#world.records.calls(identityOf(identifier));
      conversation.ring({ identifier, role: 'called', leg, answered: () => leg.establish(), failed: () => {} });
    }
    return { callLegId: leg.id };
  }

  /** Joins a conversation by its id or group id. Starts a group call if there is none. */
  joinCall(conversationId: string, request: JoinCallRequest, by: Asking): CallLegResponse {
    const conversation =
      this.#conversations.get(conversationId) ??
      this.#newConversation({ endsWithoutPeople: false, groupId: conversationId });
    const leg = this.#newLeg(conversation, request, by);
    leg.establishAfter(JOIN_SECONDS);
    return { callLegId: leg.id };
  }

  /**
   * Joins an existing conversation. If there is none, the call is placed and fails.
   * @throws Refusal if a resource account has placed its call: that these can be joined is not documented.
   */
  connect(conversationId: string, request: JoinCallRequest, by: Asking): CallLegResponse {
    if (this.findOldestLegOf(conversationId)?.isFromTeams) {
      throw new Refusal(405, 'NotSupported', 'The call of a Teams resource account cannot be joined');
    }
    if (this.#conversations.has(conversationId)) return this.joinCall(conversationId, request, by);
    const leg = this.#newLeg(this.#newConversation({ endsWithoutPeople: false }), request, by);
    leg.endAfter(JOIN_SECONDS, REASONS.noConversation);
    return { callLegId: leg.id };
  }

  hangUp(callLegId: string): void {
    const leg = this.leg(callLegId);
    leg.mustNotBeOver();
    leg.end();
  }

  /** Ends the call for everyone in it. */
  terminate(callLegId: string): void {
    const leg = this.leg(callLegId);
    leg.mustNotBeOver();
    leg.conversation.terminate();
  }

  play(callLegId: string, play: Play): OperationResponse {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.playback.add(play);
    return accepted(play.operationContext ?? undefined);
  }

  /** Starts or stops reporting a person's key presses to the application. */
  listen(callLegId: string, target: Identifier, isOn: boolean): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    const identity = identityOf(target);
    if (leg.conversation.participantIdOf(identity) === undefined) throw participantNotFound();
    leg.listenTo(identity, isOn);
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
    const { callerNumber, people } = leg.record;
    const called = people.map(({ identity }) => identity);
    const asked = leg.isFromTeams ? invitedByAccount(callerNumber ?? '', called, request) : request;
    invite(this.#world.records, leg, asked);
  }

  /** Invites by conversation id. The result event carries the id of the leg that joined first. */
  inviteToConversation(conversationId: string, request: InviteParticipantsRequest): void {
    invite(this.#world.records, this.oldestLegOf(conversationId), request);
  }

  removeParticipant(callLegId: string, participantId: string): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.conversation.remove(participantId);
  }

  removeFromConversation(conversationId: string, participantId: string): void {
    this.oldestLegOf(conversationId).conversation.remove(participantId);
  }

  /** Removes a person by number or user id. An event reports the result. */
  removeByIdentity(callLegId: string, participant: Identifier, operationContext: string | null): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    const participantId = leg.conversation.participantIdOf(identityOf(participant));
    if (participantId !== undefined) leg.conversation.remove(participantId);
    const failure = participantId === undefined ? REASONS.noConversation : null;
    leg.tell({ what: 'removed', operationContext, participant, failure });
  }

  /** For the control API: presses keys for the person in the call. */
  press(callLegId: string, keys: readonly Key[]): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.conversation.press(keys);
  }

  /** For the control API: mutes or unmutes a person in the call. */
  mute(callLegId: string, participantId: string, isMuted: boolean): void {
    const leg = this.leg(callLegId);
    leg.mustBeEstablished();
    leg.conversation.mute(participantId, isMuted);
  }

  findLeg(callLegId: string): CallLeg | undefined {
    return this.#legs.get(callLegId);
  }

  /** The application leg that joined a conversation first. */
  findOldestLegOf(conversationId: string): CallLeg | undefined {
    const oldest = this.#conversations.get(conversationId)?.oldestLeg;
    return oldest && this.#legs.get(oldest.id);
  }

  /** @throws Refusal if the call does not exist. */
  leg(callLegId: string): CallLeg {
    const leg = this.#legs.get(callLegId);
    if (!leg) throw notNow('CallNotFound', `The call ${callLegId} does not exist`);
    return leg;
  }

  /** @throws Refusal if the conversation does not exist. */
  oldestLegOf(conversationId: string): CallLeg {
    const leg = this.findOldestLegOf(conversationId);
    if (!leg) throw notNow('ConversationNotFound', 'The conversation does not exist');
    return leg;
  }

  /** True if the caller number has no free line. */
  #isTooMany({ sourceAlternateIdentity, targets }: CreateCallRequest): boolean {
    const number = sourceAlternateIdentity?.value;
    if (!number || !targets.some((target) => target.phoneNumber)) return false;
    return this.#world.records.inFlightOf(number) >= this.#world.options.callsPerNumber;
  }

  #tooManyCalls(): Refusal {
    return tooMany(
      'ConcurrentCallLimitExceeded',
      `The caller number already has ${this.#world.options.callsPerNumber} calls in flight, which is its limit`,
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

  #newLeg(conversation: Conversation, request: Placing['request'], by: Asking): CallLeg {
    const leg = new CallLeg(this.#world, conversation, { request, ...by });
    this.#legs.set(leg.id, leg);
    return leg;
  }
}

const participantNotFound = (): Refusal => notNow('ParticipantNotFound', 'The call has no such participant');

const accepted = (operationContext: string | undefined): OperationResponse => ({
  id: randomUUID(),
  status: 'notStarted',
  operationContext: operationContext ?? null,
  resultInfo: { code: 0, subcode: 0, message: 'Action accepted.' },
});
