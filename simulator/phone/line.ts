import type { PhoneBook, PhoneView } from './view.ts';

/** The connection to the simulator. Its data is not checked, because the page comes from the simulator too. */

export type LineListener = {
  told(view: PhoneView): void;
  /** The connection is open, or was lost and is being opened again. */
  connected(isConnected: boolean): void;
  /** The simulator does not accept this number. */
  refused(): void;
};

export async function readPhoneBook(): Promise<PhoneBook> {
  const response = await fetch('/simulator/phones');
  return response.json();
}

/** The line of a telephone. It exists as long as the page listens. */
export class Line {
  readonly #address: string;
  readonly #events: EventSource;

  constructor(identity: string, listener: LineListener) {
    this.#address = `/simulator/phones/${encodeURIComponent(identity)}`;
    this.#events = new EventSource(this.#address);
    this.#events.onopen = () => listener.connected(true);
    this.#events.onmessage = ({ data }) => listener.told(JSON.parse(data));
    this.#events.onerror = () => {
      if (this.#events.readyState === EventSource.CLOSED) listener.refused();
      else listener.connected(false);
    };
  }

  /** Ignores a refusal: the action came too late, for example after the caller gave up. The next view shows that. */
  async do(deed: 'answer' | 'decline' | 'hangUp' | 'tones' | 'heard', body?: object): Promise<void> {
    await fetch(`${this.#address}/${deed}`, { method: 'POST', ...(body && { body: JSON.stringify(body) }) });
  }

  /** The WAV of a sound, or undefined if the sound has already ended. */
  async recording(sound: string): Promise<ArrayBuffer | undefined> {
    const response = await fetch(`${this.#address}/sounds/${sound}`);
    return response.ok ? response.arrayBuffer() : undefined;
  }

  close(): void {
    this.#events.close();
  }
}
