import type { Line } from './line.ts';
import type { Speaker } from './speaker.ts';
import type { SoundView } from './view.ts';

/** A sound that the page is playing. */
export type Playing = {
  readonly sound: SoundView;
  /** When it started, by `performance.now()`. */
  readonly beganAt: number;
  /** The loudness over time, from 0 to 1. Empty for a text, and until the recording has loaded. */
  loudness: readonly number[];
  stop(): void;
};

/** How many bars are drawn for a recording. */
const BARS = 56;

/** Plays the sounds of the call, and tells the simulator when one has ended. */
export class Player {
  readonly #speaker: Speaker;
  readonly #playing = new Map<string, Playing>();

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** The sound that started last. */
  get latest(): Playing | undefined {
    return [...this.#playing.values()].at(-1);
  }

  /** Plays exactly these sounds from now on. */
  hear(sounds: readonly SoundView[], line: Line): void {
    for (const [id, { stop }] of this.#playing) {
      if (sounds.some((sound) => sound.id === id)) continue;
      this.#playing.delete(id);
      stop();
    }
    for (const sound of sounds) if (!this.#playing.has(sound.id)) this.#begin(sound, line);
  }

  #begin(sound: SoundView, line: Line): void {
    const ending = new AbortController();
    const playing: Playing = {
      sound,
      beganAt: performance.now() - sound.elapsedSeconds * 1000,
      loudness: [],
      stop: () => ending.abort(),
    };
    this.#playing.set(sound.id, playing);
    const sounding = sound.text === null ? this.#play(playing, line, ending.signal) : say(sound, ending.signal);
    void sounding.then(() => {
      if (!ending.signal.aborted && !sound.loop) void line.do('heard', { sound: sound.id });
    });
  }

  /** Resolves when the recording has ended. Without sound it takes just as long. */
  async #play(playing: Playing, line: Line, signal: AbortSignal): Promise<void> {
    const { sound, beganAt } = playing;
    const file = await line.recording(sound.id);
    const context = this.#speaker.context;
    if (!file || signal.aborted) return;
    if (!context) return pass(sound.seconds - secondsSince(beganAt), signal);
    const buffer = await context.decodeAudioData(file);
    playing.loudness = loudnessOf(buffer);
    const source = new AudioBufferSourceNode(context, { buffer, loop: sound.loop });
    source.connect(context.destination);
    source.start(0, secondsSince(beganAt) % buffer.duration);
    signal.addEventListener('abort', () => source.stop());
    await new Promise((resolve) => source.addEventListener('ended', resolve));
  }
}

/** Lets the browser say a text. Without a voice the text is only shown, for just as long. */
async function say({ text, voice, seconds, elapsedSeconds }: SoundView, signal: AbortSignal): Promise<void> {
  if (!('speechSynthesis' in window) || speechSynthesis.getVoices().length === 0) {
    return pass(seconds - elapsedSeconds, signal);
  }
  const utterance = new SpeechSynthesisUtterance(text ?? '');
  const [language] = /^[a-z]+-[A-Z]+/.exec(voice ?? '') ?? [];
  if (language) utterance.lang = language;
  signal.addEventListener('abort', () => speechSynthesis.cancel());
  await new Promise((resolve) => {
    utterance.onend = resolve;
    utterance.onerror = () => void pass(seconds - elapsedSeconds, signal).then(resolve);
    speechSynthesis.speak(utterance);
  });
}

const secondsSince = (time: number): number => (performance.now() - time) / 1000;

function pass(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The loudest sample of each part, scaled so that the overall maximum is 1. */
function loudnessOf(buffer: AudioBuffer): readonly number[] {
  const samples = buffer.getChannelData(0);
  const size = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, part) =>
    samples.subarray(part * size, (part + 1) * size).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  );
  const most = Math.max(...peaks, 0.01);
  return peaks.map((peak) => peak / most);
}
