import type { Key } from '../../src/lib/call-automation/events.ts';
import type { Sound } from '../audio/sound.ts';
import type { Outcome } from './script.ts';

/** Somebody who can be called: a simulated person, or one who sits at the phone page. */
export type Callee = {
  /** What they are up to, for the record. */
  readonly does: string;
  /** Their telephone rings. `over` is told once how that ended, unless they were silenced before. */
  ring(caller: Caller, over: (outcome: Outcome) => void): void;
  /** Their telephone rings no more: nobody is calling now. */
  silence(): void;
  /** They have answered. */
  answer(handset: Handset): Party;
};

/** Who is calling, as a telephone shows it. */
export type Caller = { readonly identity: string; readonly subject: string | null };

/** The telephone in a person's hand. */
export type Handset = {
  press(key: Key): void;
  mute(isMuted: boolean): void;
  hangUp(): void;
};

/** Somebody in a call. */
export type Party = {
  /** They really listen: what is played takes as long as it takes, whatever the speed. */
  readonly isReal: boolean;
  /** They have been told all that there is to hear and to see, and may act. */
  begin(): void;
  /** All that sounds from now on. */
  hear(sounds: ReadonlySet<Sound>): void;
  /** How many other people are in the conversation. */
  isWith(others: number): void;
  /** They have left: nothing that they were about to do happens. */
  end(): void;
};
