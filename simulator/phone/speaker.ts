/** The sounds of the telephone itself: ringing and key tones. Browsers play none before the user touches the page. */

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];

const RINGING = [659.25, 783.99, 987.77, 1318.51];
const NOTE_SECONDS = 0.16;
const RINGING_MS = 2_000;

export class Speaker {
  #context: AudioContext | undefined;
  #ringing: ReturnType<typeof setInterval> | undefined;

  /** Turns sound on. Call it when the user touches the page. */
  async wake(): Promise<void> {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') await this.#context.resume();
  }

  /** undefined while the browser plays no sound yet. */
  get context(): AudioContext | undefined {
    return this.#context?.state === 'running' ? this.#context : undefined;
  }

  ring(isOn: boolean): void {
    if (isOn === (this.#ringing !== undefined)) return;
    clearInterval(this.#ringing);
    this.#ringing = isOn ? setInterval(() => this.#ringOnce(), RINGING_MS) : undefined;
    if (isOn) this.#ringOnce();
  }

  /** The two tones of a key. */
  key(key: string): void {
    const row = KEYS.findIndex((keys) => keys.includes(key));
    const column = KEYS[row]?.indexOf(key) ?? -1;
    for (const pitch of [ROWS[row], COLUMNS[column]]) if (pitch) this.#note(pitch, 0, 0.14, 0.06);
  }

  #ringOnce(): void {
    if (this.context) navigator.vibrate?.(400);
    for (const turn of [0, 1]) {
      for (const [index, pitch] of RINGING.entries()) {
        this.#note(pitch, (turn * (RINGING.length + 1) + index) * NOTE_SECONDS, 0.5, 0.12);
      }
    }
  }

  #note(pitch: number, afterSeconds: number, seconds: number, loudness: number): void {
    const context = this.context;
    if (!context) return;
    const at = context.currentTime + afterSeconds;
    const tone = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(loudness, at + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
  }
}
