import { AudioError, type AudioLibrary, NOBODY_TO_SAY_IT, SPOKEN_PER_SECOND } from '../audio/library.ts';
import { Sound, type Source } from '../audio/sound.ts';
import { CANCELLED, COMPLETED, type Result } from '../base/result.ts';
import { Watched } from '../base/watched.ts';

export type Play = {
  readonly source: Source;
  readonly loop: boolean;
  readonly operationContext: string | null;
};

export type PlaybackListener = {
  /** The sound starts. */
  started(play: Play, sound: Sound): void;
  /** Resolves when the sound has been heard to the end. */
  heard(sound: Sound): Promise<void>;
  stopped(sound: Sound): void;
  /** The operation is over. */
  ended(play: Play, result: Result): void;
};

/** Plays audio into a call, one sound after the other, in the order of the requests. */
export class Playback {
  readonly #audio: AudioLibrary;
  readonly #speaks: boolean;
  readonly #listener: PlaybackListener;
  /** The first is being fetched or played. */
  #queue: { play: Play; cancelled: Watched<boolean> }[] = [];

  /** @param speaks whether the call can say texts */
  constructor(audio: AudioLibrary, speaks: boolean, listener: PlaybackListener) {
    this.#audio = audio;
    this.#speaks = speaks;
    this.#listener = listener;
  }

  add(play: Play): void {
    this.#queue.push({ play, cancelled: new Watched(false) });
    if (this.#queue.length === 1) void this.#run();
  }

  /** Cancels the current sound and all waiting ones. */
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
      const sound = await Promise.race([this.#soundOf(play), whenCancelled]);
      if (sound === undefined) return CANCELLED;
      this.#listener.started(play, sound);
      await Promise.race(play.loop ? [whenCancelled] : [whenCancelled, this.#listener.heard(sound)]);
      this.#listener.stopped(sound);
      return cancelled.value ? CANCELLED : COMPLETED;
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      return error.result;
    }
  }

  /** @throws AudioError */
  async #soundOf({ source, loop }: Play): Promise<Sound> {
    if (typeof source === 'string') return new Sound({ source, loop, ...(await this.#audio.find(source)) });
    if (!this.#speaks) throw NOBODY_TO_SAY_IT();
    return new Sound({ source, loop, seconds: source.text.length / SPOKEN_PER_SECOND });
  }
}
