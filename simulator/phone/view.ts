/** What the phone page is told: all there is to know of its telephone at a moment. */

export type PhoneView = {
  /** The number, or ACS user id, that it is called by. */
  readonly identity: string;
  readonly call: CallView | null;
  /** The calls that are over, the latest first. */
  readonly past: readonly PastCall[];
};

export type CallView = {
  readonly state: 'ringing' | 'talking';
  readonly from: string;
  /** What the caller says that it is about. */
  readonly subject: string | null;
  /** For how long it has rung, or has been talked. */
  readonly seconds: number;
  /** The keys that were pressed, one after the other. */
  readonly pressed: string;
  /** How many other people are in it. */
  readonly others: number;
  readonly sounds: readonly SoundView[];
};

/** What is to be heard now. Its WAV is at `…/sounds/{id}`; a text is to be said. */
export type SoundView = {
  readonly id: string;
  readonly text: string | null;
  /** Who should say the text: `en-US-JennyNeural`. */
  readonly voice: string | null;
  readonly seconds: number;
  readonly elapsedSeconds: number;
  readonly loop: boolean;
};

export type Ending = 'declined' | 'missed' | 'callerGaveUp' | 'youHungUp' | 'callerHungUp';

export type PastCall = {
  readonly from: string;
  readonly ending: Ending;
  /** When it began to ring, UTC. */
  readonly at: string;
  /** How long was talked. */
  readonly seconds: number;
  readonly pressed: string;
};

/** A way to have a telephone called: what is to be typed, with `{number}` for whoever is to be called. */
export type WayToBeCalled = { readonly title: string; readonly command: string };

/** What a page may want to know before it has a telephone. */
export type PhoneBook = {
  /** A number that no page has. */
  readonly free: string;
  readonly ways: readonly WayToBeCalled[];
};
