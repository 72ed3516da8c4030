import type { HttpClient } from '../base/http-client.ts';
import type { Result } from '../base/result.ts';
import { AudioFormatError, wavSeconds } from './wav.ts';

const DOWNLOAD_TIMEOUT_MS = 10_000;

/** How fast a text is spoken, in letters a second. */
export const SPOKEN_PER_SECOND = 15;

const SPEECH_SUBCODE = 8565;
const FORMAT_SUBCODE = 8535;
const DOWNLOAD_SUBCODE = 8536;

/** Audio that cannot be played. `result` goes into the PlayAudioResult event. */
export class AudioError extends Error {
  override readonly name = 'AudioError';
  readonly result: Result;

  constructor(subcode: number, message: string) {
    super(message);
    this.result = { code: 400, subcode, message };
  }
}

/** For a text in a call that was placed without an Azure AI resource. */
export const NOBODY_TO_SAY_IT = (): AudioError =>
  new AudioError(
    SPEECH_SUBCODE,
    'Action failed, the call was placed without Cognitive Services, so it cannot say a text.',
  );

/** An audio file and its duration. */
export type Recording = { readonly file: Buffer; readonly seconds: number };

/** Fetches audio files and keeps them. A file that could not be fetched is tried again the next time. */
export class AudioLibrary {
  readonly #http: HttpClient;
  readonly #known = new Map<string, Promise<Recording>>();

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** @throws AudioError */
  find(uri: string): Promise<Recording> {
    const known = this.#known.get(uri);
    if (known) return known;
    const recording = this.#record(uri);
    this.#known.set(uri, recording);
    recording.catch(() => this.#known.delete(uri));
    return recording;
  }

  async #record(uri: string): Promise<Recording> {
    const file = await this.#fetch(uri);
    try {
      return { file, seconds: wavSeconds(file) };
    } catch (error) {
      if (!(error instanceof AudioFormatError)) throw error;
      throw new AudioError(FORMAT_SUBCODE, `Action failed, the audio file cannot be played. ${error.message}.`);
    }
  }

  async #fetch(uri: string): Promise<Buffer> {
    const answer = await this.#http
      .send(uri, { method: 'GET', timeoutMs: DOWNLOAD_TIMEOUT_MS })
      .catch(() => ({ status: 0, body: Buffer.alloc(0) }));
    if (answer.status === 200) return answer.body;
    const why = answer.status ? `The server answered ${answer.status}.` : 'The server did not answer.';
    throw new AudioError(DOWNLOAD_SUBCODE, `Action failed, the audio file could not be downloaded. ${why}`);
  }
}
