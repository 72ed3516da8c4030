import { randomUUID } from 'node:crypto';
import { Watched } from '../base/watched.ts';

/** What an application plays: a file by its URI, or a text to say. */
export type Source = string | { readonly text: string; readonly voice?: string };

/** A sound in a conversation, from start to end. */
export class Sound {
  readonly id = randomUUID();
  readonly source: Source;
  readonly loop: boolean;
  /** How long one pass takes. */
  readonly seconds: number;
  /** The WAV. A text has none. */
  readonly file: Buffer | undefined;
  readonly #began = Date.now();
  readonly #isHeard = new Watched(false);

  constructor(parts: { source: Source; loop: boolean; seconds: number; file?: Buffer }) {
    this.source = parts.source;
    this.loop = parts.loop;
    this.seconds = parts.seconds;
    this.file = parts.file;
  }

  /** Real seconds since it started. */
  get elapsedSeconds(): number {
    return (Date.now() - this.#began) / 1000;
  }

  /** A real listener has heard it to the end. */
  isHeard(): void {
    this.#isHeard.set(true);
  }

  untilHeard(): Promise<void> {
    return this.#isHeard.until(Boolean);
  }
}
