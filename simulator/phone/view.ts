/** What the simulator sends to the phone page: the full state of its telephone. */

export type PhoneView = {
  /** The number or ACS user id of the telephone. */
  readonly identity: string;
  readonly call: CallView | null;
  /** Past calls, the latest first. */
  readonly past: readonly PastCall[];
};

export type CallView = {
  readonly state: 'ringing' | 'talking';
  readonly from: string;
  /** The subject that the caller gave. */
  readonly subject: string | null;
  /** Seconds since the ringing started or, after the answer, since the answer. */
  readonly seconds: number;
  /** The pressed keys, in order. */
  readonly pressed: string;
  /** How many other people are in the call. */
  readonly others: number;
  readonly sounds: readonly SoundView[];
};

/** A sound that plays now. Its WAV is at `…/sounds/{id}`. If `text` is set, the page says the text instead. */
export type SoundView = {
  readonly id: string;
  readonly text: string | null;
  /** The voice that says the text: `en-US-JennyNeural`. */
  readonly voice: string | null;
  readonly seconds: number;
  readonly elapsedSeconds: number;
  readonly loop: boolean;
};

export type Ending = 'declined' | 'missed' | 'callerGaveUp' | 'youHungUp' | 'callerHungUp';

export type PastCall = {
  readonly from: string;
  readonly ending: Ending;
  /** When the ringing started, in UTC. */
  readonly at: string;
  /** The length of the conversation. */
  readonly seconds: number;
  readonly pressed: string;
};

/** A way to get a call: a command to type, in which `{number}` stands for the number to call. */
export type WayToBeCalled = { readonly title: string; readonly command: string };

/** What a page needs before it has picked a telephone. */
export type PhoneBook = {
  /** A number that no page has. */
  readonly free: string;
  readonly ways: readonly WayToBeCalled[];
};
