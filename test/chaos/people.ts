import type { Key } from '../../src/lib/call-automation/events.ts';
import type { Random } from './random.ts';

/** Why nobody answered: SIP codes as the service passes them on. */
export type Failure = { readonly code: number; readonly subcode: number; readonly message: string };

/** What a person does when their phone rings. Times are in seconds. */
export type Temper = {
  readonly name: string;
  readonly rings: number;
  /** If set, they do not answer. */
  readonly fails?: Failure;
  /** `after`: since they first heard audio; for later keys, since the key before. */
  readonly presses: readonly { readonly key: Key; readonly after: number }[];
  /** They hang up this long after they answered, whatever they hear. */
  readonly leavesAfter?: number;
  /** They hang up after this much silence. */
  readonly patience: number;
  /** How long they talk to an operator. */
  readonly talks: number;
};

const failure = (code: number, message: string): Failure => ({ code, subcode: 560_000 + code, message });

export const CANCELLED_CALL = failure(487, 'The call was cancelled.');

/** How long an answering machine stays in a call, s. */
const FOREVER = 3 * 3600;

/** The people of a world, with weights. */
export type Town = readonly [readonly [Temperament, number], ...(readonly [Temperament, number])[]];
export type Temperament = keyof typeof TEMPERAMENTS;

const answering = (random: Random, name: string, more: Partial<Temper> = {}): Temper => ({
  name,
  rings: random.int(1, 12),
  presses: [],
  patience: random.int(15, 60),
  talks: random.int(3, 40),
  ...more,
});

const pressing = (random: Random, ...keys: Key[]): Temper =>
  answering(random, `presses ${keys.join(', ')}`, {
    presses: keys.map((key, index) => ({ key, after: index === 0 ? random.int(0, 15) : random.int(0, 6) })),
  });

const failing = (random: Random, name: string, fails: Failure, rings: readonly [number, number]): Temper =>
  answering(random, name, { fails, rings: random.int(...rings) });

const TEMPERAMENTS = {
  acknowledges: (random: Random) => pressing(random, '1'),
  acknowledgesTwice: (random: Random) => pressing(random, '1', '1'),
  asksAgain: (random: Random) => pressing(random, '*', '1'),
  mistakes: (random: Random) => pressing(random, '5', '1'),
  changesTheirMind: (random: Random) => pressing(random, '2', '1'),
  optsOut: (random: Random) => pressing(random, '9'),
  acknowledgesAndOptsOut: (random: Random) => pressing(random, '1', '9'),
  wantsOperator: (random: Random) => pressing(random, '2'),
  wantsOperatorThenAcknowledges: (random: Random) => ({
    ...pressing(random, '2'),
    name: 'presses 2, then 1 if nobody comes',
    presses: [
      { key: '2' as const, after: random.int(0, 10) },
      { key: '1' as const, after: random.int(15, 40) },
    ],
  }),
  listens: (random: Random) => answering(random, 'listens'),
  leavesEarly: (random: Random) => answering(random, 'hangs up early', { leavesAfter: random.int(0, 6) }),
  pressesAndLeaves: (random: Random) => ({
    ...pressing(random, '1'),
    name: 'presses 1 and hangs up',
    leavesAfter: random.int(3, 20),
  }),
  staysOn: (random: Random) => answering(random, 'stays on the line for hours', { patience: FOREVER }),
  pressesAndStaysOn: (random: Random) => ({
    ...pressing(random, '1'),
    name: 'presses 1 and stays for hours',
    patience: FOREVER,
  }),
  noAnswer: (random: Random) => failing(random, 'no answer', failure(480, 'Nobody answered.'), [20, 40]),
  busy: (random: Random) => failing(random, 'busy', failure(486, 'The line is busy.'), [0, 3]),
  declines: (random: Random) => failing(random, 'declines', failure(603, 'The call was declined.'), [1, 10]),
  wrongNumber: (random: Random) => failing(random, 'wrong number', failure(404, 'There is no such number.'), [0, 2]),
  operator: (random: Random) => answering(random, 'an operator', { rings: random.int(1, 6), patience: FOREVER }),
  operatorAway: (random: Random) =>
    failing(random, 'an operator who is away', failure(480, 'Nobody answered.'), [5, 20]),
} as const satisfies Record<string, (random: Random) => Temper>;

export const temperOf = (temperament: Temperament, random: Random): Temper => TEMPERAMENTS[temperament](random);

/** Most people answer; every kind occurs. */
export const MIXED_TOWN: Town = [
  ['acknowledges', 10],
  ['acknowledgesTwice', 2],
  ['asksAgain', 2],
  ['mistakes', 2],
  ['changesTheirMind', 2],
  ['optsOut', 2],
  ['acknowledgesAndOptsOut', 1],
  ['wantsOperator', 4],
  ['wantsOperatorThenAcknowledges', 3],
  ['listens', 4],
  ['leavesEarly', 2],
  ['pressesAndLeaves', 2],
  ['staysOn', 2],
  ['pressesAndStaysOn', 2],
  ['noAnswer', 4],
  ['busy', 3],
  ['declines', 2],
  ['wrongNumber', 1],
];
