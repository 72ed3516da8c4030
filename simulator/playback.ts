import { AudioError, type AudioLibrary, NOBODY_TO_SAY_IT, type Result, SPOKEN_PER_SECOND } from './audio.ts';
import type { Timers } from './clock.ts';
import { CANCELLED, COMPLETED } from './event-bodies.ts';
import { Watched } from './watched.ts';

export type Play = {
  /** The file's URI, or a text to be said. */
  readonly sound: string | { readonly text: string };
  readonly loop: boolean;
  readonly operationContext: string | null;
};

export type PlaybackListener = {
  /** The first sound is heard. */
  started(play: Play): void;
  stopped(): void;
  /** The operation is over. */
  ended(play: Play, result: Result): void;
};

/** Plays audio into a call, one file after the other in the order they were asked for. */
export class Playback {
  readonly #audio: AudioLibrary;
  readonly #timers: Timers;
  readonly #speaks: boolean;
  readonly #listener: PlaybackListener;
  /** The file being fetched or played is the first. */
  #queue: { play: Play; cancelled: Watched<boolean> }[] = [];

  /** @param speaks whether texts can be said. */
  constructor(audio: AudioLibrary, timers: Timers, speaks: boolean, listener: PlaybackListener) {
    this.#audio = audio;
    this.#timers = timers;
    this.#speaks = speaks;
    this.#listener = listener;
  }

  add(play: Play): void {
    this.#queue.push({ play, cancelled: new Watched(false) });
    if (this.#queue.length === 1) void this.#run();
  }

  /** Ends what plays and what waits to be played; each ends as cancelled. */
  cancel(): void {
    const [current, ...waiting] = this.#queue;
    this.#queue = current ? [current] : [];
    current?.cancelled.set(true);
    for (const { play } of waiting) this.#listener.ended(play, CANCELLED);
  }

  async #run(): Promise<void> {
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const result = await this.#play(next.play, next.cancelled);
      this.#queue.shift();
      this.#listener.ended(next.play, result);
    }
  }

  async #play(play: Play, cancelled: Watched<boolean>): Promise<Result> {
    const whenCancelled = cancelled.until(Boolean);
    try {
      const seconds = await Promise.race([this.#secondsOf(play), whenCancelled]);
      if (seconds === undefined) return CANCELLED;
      this.#listener.started(play);
      await Promise.race(play.loop ? [whenCancelled] : [whenCancelled, this.#timers.sleep(seconds)]);
      this.#listener.stopped();
      return cancelled.value ? CANCELLED : COMPLETED;
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      return error.result;
    }
  }

  /** @throws AudioError */
  async #secondsOf({ sound }: Play): Promise<number> {
    if (typeof sound === 'string') return this.#audio.secondsOf(sound);
    if (!this.#speaks) throw NOBODY_TO_SAY_IT();
    return sound.text.length / SPOKEN_PER_SECOND;
  }
}
