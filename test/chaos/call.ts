import { CANCELLED, COMPLETED } from '../../simulator/base/result.ts';
import type { LegFacts, News, Present, LegState as State } from '../../simulator/service/news.ts';
import type { Key } from '../../src/lib/call-automation/events.ts';
import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import type { PlayRequest } from '../../src/lib/call-automation/port.ts';
import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { drawEnding, drawOurEnding } from './endings.ts';
import { CANCELLED_CALL, type Failure, type Temper } from './people.ts';
import type { Ground, Invocation } from './process.ts';

/** What the checks need to know about an event, besides the event itself. */
export type About = {
  /** Names something that can happen only once in a call: two events with the same name are duplicates. */
  readonly what: string;
  readonly key?: Key;
  /** An operator was in the call before, so the key may be theirs. */
  readonly mayBeOperators?: boolean;
};

/** An operation that the service was asked for. */
export type Operation = {
  readonly name: string;
  readonly context: string | undefined;
  readonly isDone: boolean;
  /** The run that asked for it. */
  readonly by: Invocation;
  /** The answer reached a process that was alive. */
  isAnswered: boolean;
};

export type CallParts = {
  readonly id: string;
  readonly purpose: CallPurpose;
  readonly source: Identifier;
  /** The callee; undefined if a conversation is joined. */
  readonly target: Identifier | undefined;
  /** The caller number. */
  readonly number: string | undefined;
  /** The number is that of a Teams resource account. */
  readonly isFromTeams: boolean;
  readonly placedBy: Invocation;
  readonly callbackUri: string;
  readonly requestedEvents: readonly string[];
};

const TERMINATING_MS = 400;
const JOINING_MS = 200;
/** How long a person waits for audio before they press a key anyway. */
const WITHOUT_AUDIO_MS = 8_000;
const FAILED = { code: 400, subcode: 8536, message: 'The file could not be downloaded.' };

/** Operators whose phones ring in this call. */
type Invitation = {
  readonly operators: readonly Identifier[];
  readonly context: string | undefined;
  /** How many have not answered or declined yet. */
  awaited: number;
  isAnswered: boolean;
};

/** Someone in the call besides the app. */
type Guest = Present & { readonly temper: Temper; readonly isOperator: boolean };

/** A simulated call: what the service and the people in it do. */
export class Call {
  readonly parts: CallParts;
  readonly placedAt: number;
  endedAt: number | undefined;
  /** The process that placed the call received its id. */
  isAnswerDelivered = false;
  /** The service refuses to end it. */
  isStubborn = false;
  /** The app could not learn of the call before its lease ended, or gave it up because it is stubborn: see checks.ts. */
  isLost = false;
  readonly operations: Operation[] = [];
  /** The numbers from which operators' telephones were called in this call, one each, until they end. */
  readonly operatorsFrom = new Map<string, string>();
  /** Everybody who was called in this call so far. */
  readonly dialled = new Set<string>();
  readonly #ground: Ground;
  readonly #told: (call: Call, news: News, about: About) => void;
  #state: State = 'Establishing';
  #wasEstablished = false;
  /** Participants whose keys the app asked for, if the API requires that. */
  readonly #listensTo = new Set<string>();
  #guests: Guest[] = [];
  #ringing = 0;
  #hadOperator = false;
  #tones = 0;
  #updates = 0;
  #playing: PlayRequest[] = [];
  /** Changes whenever audio starts or stops. */
  #sound = 0;
  /** Why nobody answered, as the service tells it. */
  failure: Failure | undefined;
  /** Audio began while the call was in progress. */
  wasAudioHeard = false;
  #onAudio: () => void = () => undefined;

  constructor(parts: CallParts, ground: Ground, told: (call: Call, news: News, about: About) => void) {
    this.parts = parts;
    this.#ground = ground;
    this.#told = told;
    this.placedAt = ground.clock.now;
    if (parts.target) this.dialled.add(identityOf(parts.target));
    this.#tellState(undefined);
  }

  get id(): string {
    return this.parts.id;
  }

  get isOver(): boolean {
    return this.#state === 'Terminating' || this.#state === 'Terminated';
  }

  get isEstablished(): boolean {
    return this.#state === 'Established';
  }

  /** What is needed to write an event of the call. */
  get facts(): LegFacts {
    return {
      id: this.id,
      conversationId: `conversation-of-${this.id}`,
      placedBy: this.parts.target ? 'createCall' : 'joinCall',
      wasEstablished: this.#wasEstablished,
      isFromTeams: this.parts.isFromTeams,
      requested: new Set(this.parts.requestedEvents),
      listensTo: this.#listensTo,
    };
  }

  /** Rings the callee. */
  ring(target: Identifier, temper: Temper): void {
    this.#note(() => `rings: ${temper.name}`);
    this.#after(temper.rings * 1000, () => {
      if (this.isOver) return;
      const failure = this.#oddEnding() ?? temper.fails;
      if (failure) return this.end(failure);
      this.#establish();
      this.#enter({
        identifier: target,
        participantId: `${this.id}-callee`,
        isMuted: false,
        temper,
        isOperator: false,
      });
      this.#begin(temper);
    });
  }

  #oddEnding(): Failure | undefined {
    const { faults, random } = this.#ground;
    if (faults.strikes('oursEnded')) return drawOurEnding(random);
    return faults.strikes('oddlyEnded') ? drawEnding(random) : undefined;
  }

  /** The conversation that is joined is already in progress. */
  join(): void {
    this.#after(JOINING_MS, () => {
      if (!this.isOver) this.#establish();
    });
  }

  #establish(): void {
    this.#state = 'Established';
    this.#wasEstablished = true;
    this.#tellState(undefined);
  }

  end(reason?: Failure): void {
    if (this.isOver) return;
    const told = this.isEstablished ? undefined : (reason ?? CANCELLED_CALL);
    this.failure = told;
    this.#state = 'Terminating';
    this.#note(() => `ends${told ? `: ${told.message}` : ''}`);
    this.#tellState(undefined);
    this.cancelAudio();
    this.#guests = [];
    this.#after(TERMINATING_MS, () => {
      this.#state = 'Terminated';
      this.endedAt = this.#ground.clock.now;
      this.#tellState(told);
    });
  }

  play(request: PlayRequest): void {
    if (request.listen && this.parts.target) this.#listensTo.add(identityOf(this.parts.target));
    this.#playing.push(request);
    if (this.#playing.length === 1) this.#playFirst();
  }

  cancelAudio(): void {
    const cancelled = this.#playing;
    this.#playing = [];
    for (const { operationContext } of cancelled) this.#tellAudio(operationContext, CANCELLED);
    if (cancelled.length > 0) this.#becomesQuiet();
  }

  /**
   * The invitation completes when the first operator answers, and fails if none does.
   * @param number from which telephones are called.
   */
  invite(
    operators: readonly Identifier[],
    context: string | undefined,
    tempers: readonly Temper[],
    number: string | undefined,
  ): void {
    for (const operator of operators) {
      this.dialled.add(identityOf(operator));
      if (number !== undefined && operator.phoneNumber) this.operatorsFrom.set(identityOf(operator), number);
    }
    const invitation: Invitation = { operators, context, awaited: operators.length, isAnswered: false };
    this.#ringing += operators.length;
    this.#sound++;
    for (const [index, temper] of tempers.entries()) {
      this.#after(temper.rings * 1000, () => this.#rangOut(invitation, index, temper));
    }
  }

  /** An operator answers, or does not. */
  #rangOut(invitation: Invitation, index: number, temper: Temper): void {
    const operator = invitation.operators[index];
    invitation.awaited--;
    this.#ringing--;
    if (!operator) return;
    if (temper.fails) this.operatorsFrom.delete(identityOf(operator));
    if (this.isOver) return;
    if (!temper.fails) {
      if (!invitation.isAnswered) this.#tellInvited(invitation, [operator], null);
      invitation.isAnswered = true;
      const participantId = `${this.id}-operator-${index}`;
      this.#enter({ identifier: operator, participantId, isMuted: false, temper, isOperator: true });
      this.#talk();
    } else if (!invitation.isAnswered && invitation.awaited === 0) {
      this.#tellInvited(invitation, invitation.operators, temper.fails);
      this.#becomesQuiet();
    }
  }

  #tellInvited({ context }: Invitation, whom: readonly Identifier[], failure: Failure | null): void {
    this.#tell(
      { what: 'invited', operationContext: context ?? null, participants: whom, failure },
      { what: `invitation ${failure ? 'failed' : 'completed'} ${context} of ${whom.map(identityOf)}` },
    );
  }

  /** @returns false if there is no such participant. */
  remove(participantId: string): boolean {
    if (!this.#guests.some((guest) => guest.participantId === participantId)) return false;
    this.#leave((guest) => guest.participantId === participantId);
    return true;
  }

  // --- The people

  #begin(temper: Temper): void {
    if (temper.leavesAfter !== undefined) this.#after(temper.leavesAfter * 1000, () => this.#calleeLeaves('hangs up'));
    const [first, ...others] = temper.presses;
    this.#becomesQuiet();
    if (!first) return;
    let hasBegun = false;
    const begin = (): void => {
      if (hasBegun) return;
      hasBegun = true;
      let at = first.after * 1000;
      this.#after(at, () => this.#press(first.key));
      for (const { key, after } of others) {
        at += after * 1000 + 1;
        this.#after(at, () => this.#press(key));
      }
    };
    this.#onAudio = begin;
    if (this.wasAudioHeard) begin();
    else this.#after(WITHOUT_AUDIO_MS, begin);
  }

  /** A person who talks to an operator presses no keys. */
  #press(key: Key): void {
    const isThere = this.#guests.some(({ isOperator }) => !isOperator);
    if (this.isOver || !isThere || this.#guests.some(({ isOperator }) => isOperator)) return;
    const tone = ++this.#tones;
    this.#note(() => `the callee presses ${key}`);
    const about = { what: `tone ${tone}`, key, mayBeOperators: this.#hadOperator };
    const callee = this.parts.target;
    if (callee) this.#tell({ what: 'tone', sequenceId: tone, key, by: callee }, about);
  }

  #talk(): void {
    const callee = this.#guests.find(({ isOperator }) => !isOperator);
    if (!callee) return;
    this.#sound++;
    if (this.#ground.random.chance(0.3)) {
      this.#after(callee.temper.talks * 500, () => {
        this.#leave((guest) => guest.isOperator);
        this.#becomesQuiet();
      });
    } else this.#after(callee.temper.talks * 1000, () => this.#calleeLeaves('has talked enough'));
  }

  #enter(guest: Guest): void {
    this.#note(() => `${guest.isOperator ? 'an operator' : 'the callee'} answers`);
    this.#guests.push(guest);
    this.#hadOperator ||= guest.isOperator;
    this.#tellWhoIsThere();
  }

  #calleeLeaves(why: string): void {
    if (this.isOver || !this.#guests.some(({ isOperator }) => !isOperator)) return;
    this.#note(() => `the callee ${why}`);
    this.#leave((guest) => !guest.isOperator);
    // An operator who is left alone leaves too.
    this.#after(1000, () => this.#leave(() => true));
  }

  #leave(who: (guest: Guest) => boolean): void {
    if (this.isOver || !this.#guests.some(who)) return;
    for (const guest of this.#guests.filter(who)) this.operatorsFrom.delete(identityOf(guest.identifier));
    this.#guests = this.#guests.filter((guest) => !who(guest));
    if (this.#guests.length === 0) this.end();
    else this.#tellWhoIsThere();
  }

  /** Silence: the callee hangs up after a while. */
  #becomesQuiet(): void {
    const callee = this.#guests.find(({ isOperator }) => !isOperator);
    const sound = ++this.#sound;
    if (!callee || this.isOver) return;
    this.#after(callee.temper.patience * 1000, () => {
      const isQuiet =
        sound === this.#sound && this.#ringing === 0 && !this.#guests.some(({ isOperator }) => isOperator);
      if (isQuiet) this.#calleeLeaves('hears nothing and hangs up');
    });
  }

  // --- Audio

  #playFirst(): void {
    const [request] = this.#playing;
    if (!request) return;
    if (this.#ground.faults.strikes('audioFailed')) {
      this.#after(500, () => this.#ended(request, FAILED));
      return;
    }
    const context = request.operationContext;
    this.#tell({ what: 'audioStarted', operationContext: context ?? null }, { what: `audio started ${context}` });
    this.#sound++;
    this.wasAudioHeard = true;
    this.#onAudio();
    if (!request.loop) this.#after(secondsOf(request.audioFileUri ?? '') * 1000, () => this.#ended(request, COMPLETED));
  }

  #ended(request: PlayRequest, result: typeof COMPLETED): void {
    if (this.#playing[0] !== request) return;
    this.#playing.shift();
    this.#tellAudio(request.operationContext, result);
    if (this.#playing.length > 0) this.#playFirst();
    else this.#becomesQuiet();
  }

  // --- Telling

  #tellState(reason: Failure | undefined): void {
    const state = this.#state;
    this.#tell({ what: 'state', state, reason: reason ?? null }, { what: `state ${state}` });
  }

  #tellAudio(context: string | undefined, result: typeof COMPLETED): void {
    const status = result === FAILED ? 'failed' : 'completed';
    this.#tell(
      { what: 'audioEnded', operationContext: context ?? null, result },
      { what: `audio ${status} ${context}` },
    );
  }

  #tellWhoIsThere(): void {
    const us: Present = { identifier: this.parts.source, participantId: `${this.id}-app`, isMuted: false };
    const present = [us, ...this.#guests];
    const who = present.map(({ identifier }) => identityOf(identifier)).join();
    this.#tell(
      { what: 'present', sequence: ++this.#updates, participants: present },
      { what: `participants at ${this.#ground.clock.now}: ${who}` },
    );
  }

  #tell(news: News, about: About): void {
    this.#told(this, news, about);
  }

  #after(ms: number, what: () => void): void {
    this.#ground.clock.after(ms, what);
  }

  #note(what: () => string): void {
    this.#ground.trace.add(this.#ground.clock.now, this.id, what);
  }
}

/** The length of our audio is in its URI, in seconds: `https://audio.example/12/message.wav`. */
const secondsOf = (uri: string): number => Number(/\/(\d+)\/[^/]*$/.exec(uri)?.[1] ?? 5);
