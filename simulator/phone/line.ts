import type { PhoneBook, PhoneView } from './view.ts';

/** The connection to the simulator. What it sends is taken as it is: the page comes from there, too. */

export type LineListener = {
  told(view: PhoneView): void;
  /** The connection is there, or is lost and looked for. */
  connected(isConnected: boolean): void;
  /** The simulator does not take this number. */
  refused(): void;
};

export async function readPhoneBook(): Promise<PhoneBook> {
  const response = await fetch('/simulator/phones');
  return response.json();
}

/** A telephone's line: it is there as long as the page listens. */
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

  /** What is refused came too late, such as an answer to somebody who has just given up: the next view says so. */
  async do(deed: 'answer' | 'decline' | 'hangUp' | 'tones' | 'heard', body?: object): Promise<void> {
    await fetch(`${this.#address}/${deed}`, { method: 'POST', ...(body && { body: JSON.stringify(body) }) });
  }

  /** The WAV of a sound; undefined where it is over by now. */
  async recording(sound: string): Promise<ArrayBuffer | undefined> {
    const response = await fetch(`${this.#address}/sounds/${sound}`);
    return response.ok ? response.arrayBuffer() : undefined;
  }

  close(): void {
    this.#events.close();
  }
}
