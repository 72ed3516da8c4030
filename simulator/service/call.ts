import { randomUUID } from 'node:crypto';
import type { Key } from '../../src/lib/call-automation/events.ts';
import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import type { CreateCallRequest, JoinCallRequest } from '../../src/lib/call-automation/requests.ts';
import type { Timers } from '../base/clock.ts';
import { timestamp } from '../base/clock.ts';
import { notNow, type Refusal } from '../base/refusal.ts';
import type { Result } from '../base/result.ts';
import { CallbackQueue } from './callbacks.ts';
import type { Conversation, Member } from './conversation.ts';
import type { Dialect, LegFacts, LegState, News, Present, Worded } from './news.ts';
import { Playback } from './playback.ts';
import { REASONS } from './reasons.ts';
import type { CallRecord, EventRecord } from './records.ts';
import type { World } from './world.ts';

/** From Terminating to Terminated (reference page: 0.41 s). */
const TERMINATING_SECONDS = 0.4;

/** A request to place a call, and the API that it came by. */
export type Placing = {
  readonly request: CreateCallRequest | JoinCallRequest;
  readonly dialect: Dialect;
  /** Whether the call can say texts. */
  readonly speaks: boolean;
  /** The object id of the Teams resource account that it comes from. */
  readonly accountId?: string | undefined;
};

/** A call leg: one application's part in a conversation. */
export class CallLeg implements Member {
  readonly id = randomUUID();
  readonly participantId = randomUUID();
  readonly identifier: Identifier;
  readonly conversation: Conversation;
  readonly record: CallRecord;
  readonly playback: Playback;
  readonly #world: World;
  readonly #timers: Timers;
  readonly #callbacks: CallbackQueue;
  readonly dialect: Dialect;
  readonly isFromTeams: boolean;
  readonly #requested: ReadonlySet<string>;
  readonly #listensTo = new Set<string>();
  #tones = 0;
  #updates = 0;

  constructor(world: World, conversation: Conversation, { request, dialect, speaks, accountId }: Placing) {
    this.#world = world;
    this.conversation = conversation;
    this.dialect = dialect;
    this.isFromTeams = accountId !== undefined;
    this.identifier = request.source;
    this.record = newRecord(this.id, request);
    this.#requested = new Set(request.requestedCallEvents);
    this.#timers = world.clock.timers();
    this.#callbacks = new CallbackQueue(this.id, world, dialect);
    this.playback = new Playback(world.audio, speaks, {
      started: ({ operationContext }, sound) => {
        conversation.soundBegins(sound);
        this.tell({ what: 'audioStarted', operationContext });
      },
      heard: (sound) => conversation.heard(sound, this.#timers),
      stopped: (sound) => conversation.soundEnds(sound),
      ended: ({ operationContext }, result) => this.tell({ what: 'audioEnded', operationContext, result }),
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

  /** The application is a participant of the call too. */
  get asParticipant(): Present {
    return { identifier: this.identifier, participantId: this.participantId, isMuted: false };
  }

  /** @throws Refusal unless the call is established. */
  mustBeEstablished(): void {
    if (!this.isEstablished) throw this.isOver ? terminated(this.id) : notEstablished(this.id);
  }

  /** @throws Refusal if the call has ended or is ending. */
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

  /** For a call that cannot succeed: ends it before it is established. */
  endAfter(seconds: number, reason: Result): void {
    this.#timers.after(seconds, () => this.end(reason));
  }

  /** Leaves the conversation. `reason` is only recorded if the call was not established yet. */
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

  /** Reports a key press. Each one gets a number, even if the application did not ask for key presses. */
  pressed(key: Key, by: Identifier): void {
    if (this.isEstablished) this.tell({ what: 'tone', sequenceId: ++this.#tones, key, by });
  }

  /** Starts or stops reporting this person's key presses to the application. */
  listenTo(identity: string, isOn: boolean): void {
    if (isOn) this.#listensTo.add(identity);
    else this.#listensTo.delete(identity);
  }

  seesPeople(participants: readonly Present[]): void {
    if (this.isEstablished) this.tell({ what: 'present', sequence: ++this.#updates, participants });
  }

  tell(news: News, callbackUri = this.record.callbackUri): void {
    for (const worded of this.dialect.word(news, this.#facts, () => ({ id: randomUUID(), at: new Date() }))) {
      this.#post(worded, news.what, callbackUri);
    }
  }

  #post({ type, event }: Worded, what: News['what'], callbackUri: string): void {
    const record: EventRecord = {
      type,
      at: timestamp(),
      callbackUri,
      event,
      faults: [],
      tries: [],
      status: null,
    };
    this.record.events.push(record);
    this.#callbacks.post(record, what);
    this.#world.records.changed({ what: 'event', callLegId: this.id, event });
  }

  get #facts(): LegFacts {
    return {
      id: this.id,
      conversationId: this.conversation.id,
      placedBy: this.record.placedBy,
      wasEstablished: this.record.conversationId !== null,
      isFromTeams: this.isFromTeams,
      requested: this.#requested,
      listensTo: this.#listensTo,
    };
  }

  #advance(state: LegState): void {
    const { record } = this;
    record.state = state;
    record.states.push({ state, at: timestamp() });
    const told = state === 'Terminated' && this.#world.options.reasons ? record.reason : null;
    this.tell({ what: 'state', state, reason: told });
    this.#world.records.changed({ what: 'state', callLegId: this.id, state, reason: record.reason });
  }
}

const terminated = (id: string): Refusal => notNow('CallNotFound', `The call ${id} has ended`);
const notEstablished = (id: string): Refusal =>
  notNow('CallNotEstablished', `The call ${id} is not established yet: wait for its event`);

function newRecord(callLegId: string, placing: Placing['request']): CallRecord {
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
