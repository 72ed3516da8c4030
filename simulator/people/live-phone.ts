import type { Key } from '../../src/lib/call-automation/events.ts';
import type { Sound } from '../audio/sound.ts';
import type { Clock, Timers } from '../base/clock.ts';
import { timestamp } from '../base/clock.ts';
import { notNow, type Refusal } from '../base/refusal.ts';
import type { CallView, Ending, PastCall, PhoneView, SoundView } from '../phone/view.ts';
import type { Callee, Caller, Handset, Party } from './callee.ts';
import type { Outcome } from './script.ts';

/** How long the telephone rings, and how long a page may be away in a call. Both in real time. */
export type PageTimes = { readonly pageRingMs: number; readonly pageBackMs: number };

/** A browser page, or another program, that shows the telephone. */
export type Page = { show(view: PhoneView): void; end(): void };

/** How many past calls are shown. */
const PAST_CALLS = 5;

type Call = {
  readonly caller: Caller;
  readonly timers: Timers;
  readonly over: (outcome: Outcome) => void;
  readonly rangAt: string;
  /** When the ringing started or, after the answer, the conversation. */
  since: number;
  /** Set once the call is answered. */
  handset: Handset | undefined;
  pressed: string;
  others: number;
  sounds: readonly Sound[];
};

/** A telephone that a real person uses at the phone page. All its times are real. */
export class LivePhone implements Callee {
  readonly does = 'is at the phone page';
  readonly identity: string;
  readonly #clock: Clock;
  readonly #times: PageTimes;
  readonly #abandoned: () => void;
  readonly #pages = new Set<Page>();
  #call: Call | undefined;
  #past: readonly PastCall[] = [];

  constructor(parts: {
    identity: string;
    clock: Clock;
    times: PageTimes;
    /** Called when no page shows the telephone any more and it is not in use. */
    abandoned: () => void;
  }) {
    this.identity = parts.identity;
    this.#clock = parts.clock;
    this.#times = parts.times;
    this.#abandoned = parts.abandoned;
  }

  get isInUse(): boolean {
    return this.#call !== undefined;
  }

  /** Adds a page that shows the telephone. Returns a function that removes it. */
  shownBy(page: Page): () => void {
    this.#pages.add(page);
    page.show(this.#view());
    return () => {
      if (this.#pages.delete(page)) this.#lostPage();
    };
  }

  ring(caller: Caller, over: (outcome: Outcome) => void): void {
    const timers = this.#clock.timers();
    const call = { caller, timers, over, rangAt: timestamp(), since: Date.now(), handset: undefined };
    this.#call = { ...call, pressed: '', others: 0, sounds: [] };
    timers.after(0, () => this.#refuse('noAnswer', 'missed'), this.#times.pageRingMs);
    this.#show();
  }

  silence(): void {
    if (this.#call) this.#ended('callerGaveUp');
  }

  answer(handset: Handset): Party {
    const call = this.#call;
    if (!call) throw notRinging();
    call.handset = handset;
    call.since = Date.now();
    return {
      isReal: true,
      begin: () => {
        this.#show();
        if (this.#pages.size === 0) this.#lostPage();
      },
      hear: (sounds) => {
        call.sounds = [...sounds];
        this.#show();
      },
      isWith: (others) => {
        call.others = others;
        this.#show();
      },
      end: () => {
        if (this.#call === call) this.#ended('callerHungUp');
      },
    };
  }

  /** @throws Refusal unless the telephone rings. */
  pickUp(): void {
    const { timers, over } = this.#ringing();
    timers.end();
    over('answers');
  }

  /** @throws Refusal unless the telephone rings. */
  decline(): void {
    this.#ringing();
    this.#refuse('declines', 'declined');
  }

  /** @throws Refusal unless the telephone is in a call. */
  hangUp(): void {
    const { handset } = this.#talking();
    this.#ended('youHungUp');
    handset.hangUp();
  }

  /** @throws Refusal unless the telephone is in a call. */
  press(keys: readonly Key[]): void {
    const { call, handset } = this.#talking();
    for (const key of keys) {
      call.pressed += key;
      handset.press(key);
    }
    this.#show();
  }

  /** The page has played a sound to the end. Ignored if the sound has already ended. */
  hasHeard(soundId: string): void {
    this.#find(soundId)?.isHeard();
  }

  /** The WAV of a sound that plays now, or undefined if there is none with that id. */
  recording(soundId: string): Buffer | undefined {
    return this.#find(soundId)?.file;
  }

  /** Disconnects all pages. */
  end(): void {
    for (const page of [...this.#pages]) page.end();
    this.#pages.clear();
  }

  #find(soundId: string): Sound | undefined {
    return this.#call?.sounds.find(({ id }) => id === soundId);
  }

  #ringing(): Call {
    if (!this.#call || this.#call.handset) throw notRinging();
    return this.#call;
  }

  #talking(): { call: Call; handset: Handset } {
    const call = this.#call;
    if (!call?.handset) throw notNow('NotInACall', 'This telephone is not in a call');
    return { call, handset: call.handset };
  }

  #refuse(outcome: Outcome, ending: Ending): void {
    const { over } = this.#ringing();
    this.#ended(ending);
    over(outcome);
  }

  #ended(ending: Ending): void {
    const call = this.#call;
    if (!call) return;
    call.timers.end();
    this.#call = undefined;
    const seconds = call.handset ? secondsSince(call.since) : 0;
    const past = { from: call.caller.identity, ending, at: call.rangAt, seconds, pressed: call.pressed };
    this.#past = [past, ...this.#past].slice(0, PAST_CALLS);
    this.#show();
    if (this.#pages.size === 0) this.#abandoned();
  }

  /** A ringing telephone rings on without a page. In a call, the page may come back. */
  #lostPage(): void {
    const call = this.#call;
    if (this.#pages.size > 0) return;
    if (!call) this.#abandoned();
    else if (call.handset) this.#hangUpUnlessBack(call);
  }

  #hangUpUnlessBack(call: Call): void {
    const timers = this.#clock.timers();
    const look = (): void => {
      timers.end();
      if (this.#pages.size === 0 && this.#call === call) this.hangUp();
    };
    timers.after(0, look, this.#times.pageBackMs);
  }

  #show(): void {
    const view = this.#view();
    for (const page of this.#pages) page.show(view);
  }

  #view(): PhoneView {
    return { identity: this.identity, call: this.#call ? callView(this.#call) : null, past: this.#past };
  }
}

const notRinging = (): Refusal => notNow('NotRinging', 'This telephone does not ring');

const secondsSince = (time: number): number => (Date.now() - time) / 1000;

const callView = ({ caller, handset, since, pressed, others, sounds }: Call): CallView => ({
  state: handset ? 'talking' : 'ringing',
  from: caller.identity,
  subject: caller.subject,
  seconds: secondsSince(since),
  pressed,
  others,
  sounds: sounds.map(soundView),
});

function soundView({ id, source, seconds, elapsedSeconds, loop }: Sound): SoundView {
  const { text = null, voice = null } = typeof source === 'string' ? {} : source;
  return { id, text, voice, seconds, elapsedSeconds, loop };
}
