import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import type { Result } from '../base/result.ts';
import type { CloudEventBody, EventBody } from './posted-events.ts';

export type LegState = 'Establishing' | 'Established' | 'Terminating' | 'Terminated';

/** Somebody in a conversation: a person or an application. */
export type Present = { identifier: Identifier; participantId: string; isMuted: boolean };

/** Something that has happened in a call, before any API has put it in words. */
export type News =
  | { readonly what: 'state'; readonly state: LegState; readonly reason: Result | null }
  | { readonly what: 'tone'; readonly sequenceId: number; readonly key: string; readonly by: Identifier }
  | { readonly what: 'audioStarted'; readonly operationContext: string | null }
  | { readonly what: 'audioEnded'; readonly operationContext: string | null; readonly result: Result }
  | {
      readonly what: 'invited';
      readonly operationContext: string | null;
      readonly participants: readonly Identifier[];
      /** null: they answered. */
      readonly failure: Result | null;
    }
  | {
      readonly what: 'removed';
      readonly operationContext: string | null;
      readonly participant: Identifier;
      readonly failure: Result | null;
    }
  | { readonly what: 'present'; readonly sequence: number; readonly participants: readonly Present[] };

/** What an event has to know of the call that it is about. */
export type LegFacts = {
  readonly id: string;
  readonly conversationId: string;
  readonly placedBy: 'createCall' | 'joinCall';
  readonly wasEstablished: boolean;
  /** What the application asked to be told of, where an API has it ask. */
  readonly requested: ReadonlySet<string>;
  /** Whose keys the application listens to, where an API has it ask. */
  readonly listensTo: ReadonlySet<string>;
};

/** What no two events have in common, and when they happened: given, so that a simulated world can decide them. */
export type Stamp = { readonly id: string; readonly at: Date };

export type Worded = { readonly type: string; readonly event: EventBody | CloudEventBody };

/** How one version of the API words what happens. */
export type Dialect = {
  readonly name: '2021' | 'ga';
  /** What is posted; undefined where this API does not tell of it, or was not asked to. */
  word(news: News, leg: LegFacts, stamp: Stamp): Worded | undefined;
  /** Whether callbacks carry a token that proves who sent them. */
  readonly signsCallbacks: boolean;
  /** Whether a call too many is refused, rather than placed and ended at once. */
  readonly refusesCallsTooMany: boolean;
};
