import type { Key } from '../../src/lib/call-automation/events.ts';
import type { Sound } from '../audio/sound.ts';
import type { Outcome } from './script.ts';

/** A person who can be called: simulated, or a real one at the phone page. */
export type Callee = {
  /** What they do, for the record. */
  readonly does: string;
  /** Starts ringing. Calls `over` once with how the ringing ended, unless `silence` is called first. */
  ring(caller: Caller, over: (outcome: Outcome) => void): void;
  /** Stops ringing, because the caller has given up. */
  silence(): void;
  /** Connects them after they answered. */
  answer(handset: Handset): Party;
};

/** The caller, as a telephone shows it. */
export type Caller = { readonly identity: string; readonly subject: string | null };

/** What a person can do with their telephone in a call. */
export type Handset = {
  press(key: Key): void;
  mute(isMuted: boolean): void;
  hangUp(): void;
};

/** A person in a call. */
export type Party = {
  /** A real person: sounds play in real time, whatever the speed. */
  readonly isReal: boolean;
  /** They know all sounds and people in the call, and may start to act. */
  begin(): void;
  /** The sounds that play from now on. */
  hear(sounds: ReadonlySet<Sound>): void;
  /** Reports how many other people are in the conversation. */
  isWith(others: number): void;
  /** They have left. Cancels whatever they were about to do. */
  end(): void;
};
