import { randomUUID } from 'node:crypto';
import type { Key } from '../src/lib/call-automation/events.ts';
import { type Identifier, identityOf } from '../src/lib/call-automation/identifiers.ts';
import type { CreateCallRequest, JoinCallRequest } from '../src/lib/call-automation/requests.ts';
import type { Result } from './audio.ts';
import { CallbackQueue } from './callbacks.ts';
import type { Timers } from './clock.ts';
import { type Conversation, REASONS } from './conversation.ts';
import {
  dtmfReceived,
  eventBody,
  type LegState,
  type Present,
  participantsUpdated,
  playAudioResult,
  stateChanged,
  type Telling,
} from './event-bodies.ts';
import { Playback } from './playback.ts';
import { type CallRecord, type EventRecord, timestamp } from './records.ts';
import { notNow, type Refusal } from './refusal.ts';
import type { World } from './world.ts';

/** From Terminating to Terminated (on the page: 0.41 s). */
const TERMINATING_SECONDS = 0.4;

/** These are only told where `requestedCallEvents` asked for them. */
const ON_REQUEST: Readonly<Partial<Record<Telling['type'], string>>> = {
  ParticipantsUpdated: 'participantsUpdated',
  DtmfReceived: 'dtmfReceived',
};

/** A call leg: the application's own part in a conversation. */
export class CallLeg {
  readonly id = randomUUID();
  readonly participantId = randomUUID();
  readonly identifier: Identifier;
  readonly conversation: Conversation;
  readonly record: CallRecord;
  readonly playback: Playback;
  readonly #world: World;
  readonly #timers: Timers;
  readonly #callbacks: CallbackQueue;
  readonly #requested: ReadonlySet<string>;
  #tones = 0;

  constructor(world: World, conversation: Conversation, placing: CreateCallRequest | JoinCallRequest) {
    this.#world = world;
    this.conversation = conversation;
    this.identifier = placing.source;
    this.record = newRecord(this.id, placing);
    this.#requested = new Set(placing.requestedCallEvents);
    this.#timers = world.clock.timers();
    this.#callbacks = new CallbackQueue(this.id, world);
    this.playback = new Playback(world.audio, this.#timers, {
      started: () => conversation.sounds(1),
      stopped: () => conversation.sounds(-1),
      ended: (play, result) => this.tell(playAudioResult(play.operationContext, result)),
    });
    conversation.enter(this);
    world.records.callBegins(this.record);
    this.#advance('Establishing');
  }

  get isEstablished(): boolean {
    return this.record.state === 'Established';
  }

  get isOver(): boolean {
    return this.record.state === 'Terminating' || this.record.state === 'Terminated';
  }

  /** The application counts among those who are in the call. */
  get asParticipant(): Present {
    return { identifier: this.identifier, participantId: this.participantId, isMuted: false };
  }

  /** @throws Refusal unless the call is established. */
  mustBeEstablished(): void {
    if (!this.isEstablished) throw this.isOver ? terminated(this.id) : notEstablished(this.id);
  }

  /** @throws Refusal once the call ends. */
  mustNotBeOver(): void {
    if (this.isOver) throw terminated(this.id);
  }

  establish(): void {
    if (this.record.state !== 'Establishing') return;
    this.record.conversationId = this.conversation.id;
    this.#advance('Established');
  }

  establishAfter(seconds: number): void {
    this.#timers.after(seconds, () => {
      this.establish();
      this.conversation.update();
    });
  }

  /** Leaves the conversation. `reason` counts where the call was not established yet. */
  end(reason: Result = REASONS.cancelled): void {
    if (this.isOver) return;
    if (!this.isEstablished) this.record.reason = reason;
    this.#advance('Terminating');
    this.playback.cancel();
    this.conversation.left(this);
    this.#timers.after(TERMINATING_SECONDS, () => {
      this.#world.records.callEnds(this.record);
      this.#advance('Terminated');
      this.#timers.end();
    });
  }

  pressed(key: Key): void {
    if (this.isEstablished) this.tell(dtmfReceived(++this.#tones, key));
  }

  seesPeople(present: readonly Present[]): void {
    if (this.isEstablished) this.tell(participantsUpdated(present));
  }

  tell(telling: Telling, callbackUri = this.record.callbackUri): void {
    const requested = ON_REQUEST[telling.type];
    if (requested && !this.#requested.has(requested)) return;
    const event = eventBody(telling, this.id);
    const record: EventRecord = {
      type: telling.type,
      at: timestamp(),
      callbackUri,
      event,
      faults: [],
      tries: [],
      status: null,
    };
    this.record.events.push(record);
    this.#callbacks.post(record);
    this.#world.records.changed({ what: 'event', callLegId: this.id, event });
  }

  #advance(state: LegState): void {
    const { record } = this;
    record.state = state;
    record.states.push({ state, at: timestamp() });
    const told = state === 'Terminated' && this.#world.options.reasons ? record.reason : null;
    this.tell(stateChanged(state, record.conversationId, told ?? undefined));
    this.#world.records.changed({ what: 'state', callLegId: this.id, state, reason: record.reason });
  }
}

const terminated = (id: string): Refusal => notNow('CallTerminated', `The call ${id} has ended`);
const notEstablished = (id: string): Refusal => notNow('CallNotEstablished', `The call ${id} is not established yet`);

function newRecord(callLegId: string, placing: CreateCallRequest | JoinCallRequest): CallRecord {
  const targets = 'targets' in placing ? placing.targets : [];
  const caller = 'targets' in placing ? placing.sourceAlternateIdentity?.value : undefined;
  return {
    callLegId,
    placedBy: 'targets' in placing ? 'createCall' : 'joinCall',
    state: 'Establishing',
    states: [],
    conversationId: null,
    source: identityOf(placing.source),
    callerNumber: (targets.some((target) => target.phoneNumber) && caller) || null,
    targets: targets.map(identityOf),
    subject: placing.subject ?? null,
    callbackUri: placing.callbackUri,
    reason: null,
    people: [],
    operations: [],
    events: [],
  };
}
