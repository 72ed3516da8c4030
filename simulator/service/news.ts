import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import type { Result } from '../base/result.ts';
import type { CloudEventBody, EventBody } from './posted-events.ts';

export type LegState = 'Establishing' | 'Established' | 'Terminating' | 'Terminated';

/** Somebody in a conversation: a person or an application. */
export type Present = { identifier: Identifier; participantId: string; isMuted: boolean };

/** Something that happened in a call, independent of any API. */
export type News =
  | { readonly what: 'state'; readonly state: LegState; readonly reason: Result | null }
  | { readonly what: 'tone'; readonly sequenceId: number; readonly key: string; readonly by: Identifier }
  | { readonly what: 'audioStarted'; readonly operationContext: string | null }
  | { readonly what: 'audioEnded'; readonly operationContext: string | null; readonly result: Result }
  | {
      readonly what: 'invited';
      readonly operationContext: string | null;
      readonly participants: readonly Identifier[];
      /** null if they answered. */
      readonly failure: Result | null;
    }
  | {
      readonly what: 'removed';
      readonly operationContext: string | null;
      readonly participant: Identifier;
      readonly failure: Result | null;
    }
  | { readonly what: 'present'; readonly sequence: number; readonly participants: readonly Present[] };

/** What an event needs to know about its call. */
export type LegFacts = {
  readonly id: string;
  readonly conversationId: string;
  readonly placedBy: 'createCall' | 'joinCall';
  readonly wasEstablished: boolean;
  /** The call comes from a Teams resource account. */
  readonly isFromTeams: boolean;
  /** The events that the application asked for, in an API where it can ask. */
  readonly requested: ReadonlySet<string>;
  /** Whose key presses the application asked for, in an API where it can ask. */
  readonly listensTo: ReadonlySet<string>;
};

/** The unique id and the time of an event. The caller gives them, so that a simulated world can decide them. */
export type Stamp = { readonly id: string; readonly at: Date };

export type Worded = { readonly type: string; readonly event: EventBody | CloudEventBody };

/** How one version of the API turns what happened into events. */
export type Dialect = {
  readonly name: '2021' | 'ga';
  /** The events to post: none if this API has no such event or the application did not ask for it. */
  word(news: News, leg: LegFacts, stamp: () => Stamp): readonly Worded[];
  /** Whether callbacks carry a token that proves their sender. */
  readonly signsCallbacks: boolean;
  /** Whether a call over the limit is refused. Otherwise it is placed and fails at once. */
  readonly refusesCallsTooMany: boolean;
};
