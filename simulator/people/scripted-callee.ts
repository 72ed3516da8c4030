import type { Sound } from '../audio/sound.ts';
import type { Timers } from '../base/clock.ts';
import { Watched } from '../base/watched.ts';
import type { Callee, Handset, Party } from './callee.ts';
import { inWords } from './language.ts';
import type { Outcome, Script, Step } from './script.ts';

type Heard = 'nothing' | 'audio' | 'silence';

/** How long a person waits for a second person to talk to. */
const OPERATOR_SECONDS = 60;
/** How long a person takes to notice that the other has gone. */
const NOTICE_SECONDS = 1;
/** Voicemail hangs up after this much silence, or after this much time at most. */
const SILENCE_SECONDS = 3;
const MESSAGE_SECONDS = 30;
/** A person who stays waits for the application to hang up. After this, they hang up themselves. Real time. */
const STAY_MS = 4 * 3_600_000;

/** A simulated person, who does what a script says when they are called. */
export class ScriptedCallee implements Callee {
  readonly #script: Script;
  readonly #habits: Habits;

  constructor(script: Script, habits: Habits) {
    this.#script = script;
    this.#habits = habits;
  }

  get does(): string {
    return inWords(this.#script);
  }

  ring(_: unknown, over: (outcome: Outcome) => void): void {
    this.#habits.timers.after(this.#script.ringSeconds, () => over(this.#script.outcome));
  }

  silence(): void {
    this.#habits.timers.end();
  }

  answer(handset: Handset): Party {
    return new Person(this.#script.steps, handset, this.#habits);
  }
}

/** Settings of a person that are not in the script. */
type Habits = {
  /** Used by this person only. */
  readonly timers: Timers;
  /** How long they wait for audio before they act without it. Real time, because the application needs it. */
  readonly patienceMs: number;
  /** An invited person leaves after all others have left, unless their script says `stays`. */
  readonly leavesWhenAlone: boolean;
};

/** A simulated person who has answered. */
class Person implements Party {
  readonly isReal = false;
  readonly #steps: readonly Step[];
  readonly #handset: Handset;
  readonly #timers: Timers;
  readonly #patienceMs: number;
  readonly #leavesWhenAlone: boolean;
  readonly #heard = new Watched<Heard>('nothing');
  readonly #others = new Watched(0);

  constructor(steps: readonly Step[], handset: Handset, { timers, patienceMs, leavesWhenAlone }: Habits) {
    this.#steps = steps;
    this.#handset = handset;
    this.#timers = timers;
    this.#patienceMs = patienceMs;
    this.#leavesWhenAlone = leavesWhenAlone && steps.at(-1)?.do !== 'stay';
  }

  begin(): void {
    void this.#act();
    if (this.#leavesWhenAlone) void this.#leaveWhenAlone();
  }

  hear(sounds: ReadonlySet<Sound>): void {
    if (sounds.size > 0) this.#heard.set('audio');
    else if (this.#heard.value === 'audio') this.#heard.set('silence');
  }

  isWith(others: number): void {
    this.#others.set(others);
  }

  end(): void {
    this.#timers.end();
  }

  async #act(): Promise<void> {
    for (const [index, step] of this.#steps.entries()) await this.#do(step, index === 0);
    if (!this.#leavesWhenAlone) await this.#stay();
  }

  async #do(step: Step, isFirst: boolean): Promise<void> {
    switch (step.do) {
      case 'press':
        if (isFirst) await this.#audioOrPatience();
        await this.#timers.sleep(step.afterSeconds);
        return this.#handset.press(step.key);
      case 'mute':
      case 'unmute':
        await this.#timers.sleep(step.afterSeconds);
        return this.#handset.mute(step.do === 'mute');
      case 'hangUp':
        await this.#timers.sleep(step.afterSeconds);
        return this.#handset.hangUp();
      case 'talk':
        return this.#talk(step.seconds);
      case 'record':
        return this.#takeMessage();
      case 'stay':
        return this.#stay();
    }
  }

  async #talk(seconds: number): Promise<void> {
    await Promise.race([
      this.#others.until((others) => others > 0),
      this.#timers.sleep(OPERATOR_SECONDS, this.#patienceMs),
    ]);
    if (this.#others.value > 0) {
      const left = this.#others.until((others) => others === 0).then(() => this.#timers.sleep(NOTICE_SECONDS));
      await Promise.race([left, this.#timers.sleep(seconds)]);
    }
    this.#handset.hangUp();
  }

  async #takeMessage(): Promise<void> {
    await this.#audioOrPatience();
    await Promise.race([this.#silence(), this.#timers.sleep(MESSAGE_SECONDS)]);
    this.#handset.hangUp();
  }

  async #silence(): Promise<void> {
    await this.#heard.until((heard) => heard !== 'nothing');
    do {
      await this.#heard.until((heard) => heard !== 'audio');
      await Promise.race([this.#heard.until((heard) => heard === 'audio'), this.#timers.sleep(SILENCE_SECONDS)]);
    } while (this.#heard.value === 'audio');
  }

  async #stay(): Promise<void> {
    await this.#timers.sleep(0, STAY_MS);
    this.#handset.hangUp();
  }

  async #leaveWhenAlone(): Promise<void> {
    await this.#others.until((others) => others > 0);
    await this.#others.until((others) => others === 0);
    await this.#timers.sleep(NOTICE_SECONDS);
    if (this.#others.value === 0) this.#handset.hangUp();
  }

  async #audioOrPatience(): Promise<void> {
    await Promise.race([this.#heard.until((heard) => heard !== 'nothing'), this.#timers.sleep(0, this.#patienceMs)]);
  }
}
