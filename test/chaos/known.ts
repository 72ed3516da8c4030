import type { Rule, Violation } from './checks.ts';

/**
 * Promises that the app is known to break, each with why. To be emptied: a world that breaks one of these does not fail, but
 * is counted. Only what is described here is let pass; `--strict` lets nothing pass.
 */
export type Known = {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly what: RegExp;
  readonly why: string;
};

export const KNOWN: readonly Known[] = [
  {
    name: 'claimed and never asked for',
    rules: ['nothing disappears'],
    what: /is on record as asked for; the service never was$/,
    why:
      'performAction claims an action before it asks the service. A process that dies in between leaves the claim behind, and ' +
      'the message that comes again does nothing.',
  },
  {
    name: 'given up while its call goes on',
    rules: [
      'pacing is exact',
      'nobody is called twice',
      'everything ends',
      'acknowledged if and only if the key was pressed',
      'opted out if and only if the key was pressed',
    ],
    what: /\(given up\)/,
    why:
      'An attempt that is ending is concluded when its lease ends once more, whether or not the hang-up has reached the service: ' +
      'its message may be late, lost before it was sent, or poison. And what is told of such a call later is on the leg only.',
  },
  {
    name: 'a requested call whose one hang-up is stuck',
    rules: ['pacing is exact', 'everything ends'],
    what: /\(its hang-up is stuck\)/,
    why:
      'A requested call has no lease that anybody looks into. One delayed message ends it: where that is late, poison or claimed by ' +
      'a process that died, the call goes on, and its line is given away.',
  },
  {
    name: 'requests that wait multiply',
    rules: ['nothing multiplies'],
    what: /messages of start-call are the same$/,
    why:
      'A requested call that waits for a line sends itself again. A message that is delivered twice, or fails after it was sent, ' +
      'does so twice, and each of the two goes on for itself.',
  },
];

export const knownAs = ({ rule, what }: Violation): Known | undefined =>
  KNOWN.find((known) => known.rules.includes(rule) && known.what.test(what));
