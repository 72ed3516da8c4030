/** What an outcome means, for the domain, the API, the dashboard, the demo and the documents. */
export type OutcomeMeaning = {
  readonly outcome: string;
  /** Short, for tables and filters. */
  readonly label: string;
  readonly means: string;
  /** A person or a machine answered. */
  readonly isAnswered: boolean;
  /** The person knows about the outage, so they must hear the all-clear. */
  readonly isTold: boolean;
};

/**
 * Every outcome, ranked from the best to the least that is known to have been achieved. The only wording of outcomes.
 * Without zod, so that the dashboard can use it.
 */
export const OUTCOME_GLOSSARY = [
  meaning('acknowledged', 'Acknowledged', 'pressed the key to acknowledge', { isAnswered: true, isTold: true }),
  meaning('optedOut', 'Opted out', 'asked not to be called again', { isAnswered: true, isTold: false }),
  meaning('connected', 'Connected', 'talked to an operator', { isAnswered: true, isTold: true }),
  meaning('heard', 'Heard it', 'the whole message was played; no key was pressed (a person or a machine)', {
    isAnswered: true,
    isTold: true,
  }),
  meaning('answered', 'Answered', 'heard audio, and hung up before the end of the message', {
    isAnswered: true,
    isTold: true,
  }),
  meaning('noAnswer', 'No answer', 'the phone rang and nobody answered'),
  meaning('busy', 'Busy', 'the line was engaged'),
  meaning('declined', 'Declined', 'the call was rejected, by the person or the carrier'),
  meaning('failed', 'Failed', 'the number is not in service, the call failed, or it stayed silent'),
  meaning('unknown', 'Unknown', 'the call may have been placed; no event about it arrived'),
  meaning('cancelled', 'Not called', 'the outage was stopped or had expired'),
] as const;

function meaning<const Name extends string>(
  outcome: Name,
  label: string,
  means: string,
  { isAnswered, isTold } = { isAnswered: false, isTold: false },
): OutcomeMeaning & { readonly outcome: Name } {
  return { outcome, label, means, isAnswered, isTold };
}
