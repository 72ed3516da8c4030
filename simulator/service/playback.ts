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
  /** The first sound is heard. */
  started(play: Play, sound: Sound): void;
  /** Resolves when it has been heard to its end. */
  heard(sound: Sound): Promise<void>;
  stopped(sound: Sound): void;
  /** The operation is over. */
  ended(play: Play, result: Result): void;
};

/** Plays audio into a call, one file after the other in the order they were asked for. */
export class Playback {
  readonly #audio: AudioLibrary;
  readonly #speaks: boolean;
  readonly #listener: PlaybackListener;
  /** The file being fetched or played is the first. */
  #queue: { play: Play; cancelled: Watched<boolean> }[] = [];

  /** @param speaks whether texts can be said. */
  constructor(audio: AudioLibrary, speaks: boolean, listener: PlaybackListener) {
    this.#audio = audio;
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
