import { randomUUID } from 'node:crypto';
import { Watched } from '../base/watched.ts';

/** What an application has played: a file by its URI, or a text to be said. */
export type Source = string | { readonly text: string; readonly voice?: string };

/** Something that sounds in a conversation, from its beginning to its end. */
export class Sound {
  readonly id = randomUUID();
  readonly source: Source;
  readonly loop: boolean;
  /** How long it is, once through. */
  readonly seconds: number;
  /** The WAV; of a text there is none. */
  readonly file: Buffer | undefined;
  readonly #began = Date.now();
  readonly #isHeard = new Watched(false);

  constructor(parts: { source: Source; loop: boolean; seconds: number; file?: Buffer }) {
    this.source = parts.source;
    this.loop = parts.loop;
    this.seconds = parts.seconds;
    this.file = parts.file;
  }

  /** For how long it has sounded, in real seconds. */
  get elapsedSeconds(): number {
    return (Date.now() - this.#began) / 1000;
  }

  /** Somebody who really listens has heard it to its end. */
  isHeard(): void {
    this.#isHeard.set(true);
  }

  untilHeard(): Promise<void> {
    return this.#isHeard.until(Boolean);
  }
}
