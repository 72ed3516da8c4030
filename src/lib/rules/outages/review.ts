import { z } from 'zod';
import { type CallPrices, priceTo } from '../call-prices.ts';
import type { NumberFacts } from '../callable-numbers.ts';
import { countPerson, nobodyCounted, PeopleCounts } from './people-counts.ts';
import { callableFrom, type QuietHours } from './quiet-hours.ts';
import type { Recipient } from './recipient.ts';

const Count = z.number().int().nonnegative();

/** Of a person, retries included, as seen in the worlds of docs/costs.md: for a forecast before the first call. */
const CALLS_EACH = 1.4;
const SECONDS_EACH = 45;
/** Calls are billed by the started minute. */
const MINUTES_EACH = 1;

/** What launching an outage would do. */
export const Review = PeopleCounts.extend({
  people: Count.describe('The number of people on the list who would be called.'),
  optedOut: Count.describe('The number of people on the list who opted out: they are not called.'),
  rejected: Count.describe('The number of rejected rows that are kept of the lists so far.'),
  heldBack: z
    .object({
      people: Count,
      from: z.string().describe('When the first of them may be called. UTC.'),
      until: z.string().describe('When all of them may be called. UTC.'),
    })
    .optional()
    .describe('The people whose quiet hours it would be when the outage begins.'),
  lines: Count.describe('The number of calls that may be in progress at the same time.'),
  beginsAt: z.string().describe('When the outage would begin if it were launched now. UTC.'),
  seconds: Count.describe(
    `About how long it would take, quiet hours aside: ${CALLS_EACH} calls of ${SECONDS_EACH} s for each person.`,
  ),
  cost: z
    .object({
      currency: z.string(),
      amount: z.number(),
      unpriced: Count.describe('The number of people in countries without a price.'),
    })
    .optional()
    .describe(
      `About what the calls would cost, if the setting CALL_PRICES has prices: ${CALLS_EACH} calls of a started minute for each person.`,
    ),
});
export type Review = z.infer<typeof Review>;

type Plan = {
  readonly quietHours?: QuietHours | undefined;
  readonly beginsAt: Date;
  readonly lines: number;
  readonly prices?: CallPrices | undefined;
};

/** Adds up a review, person by person. */
export class Reviewer {
  readonly #plan: Plan;
  readonly #counts = nobodyCounted();
  /** By time zone: how many people, and when they may be called. */
  readonly #zones = new Map<string | undefined, { people: number; from: Date }>();
  #people = 0;
  #optedOut = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  add(person: Recipient, number: NumberFacts | undefined, hasOptedOut: boolean): void {
    if (hasOptedOut) {
      this.#optedOut++;
      return;
    }
    this.#people++;
    countPerson(this.#counts, person, number);
    const zone = this.#zones.get(person.timeZone) ?? { people: 0, from: this.#callableIn(person.timeZone) };
    this.#zones.set(person.timeZone, { ...zone, people: zone.people + 1 });
  }

  #callableIn(timeZone: string | undefined): Date {
    return callableFrom(this.#plan.beginsAt, this.#plan.quietHours, timeZone);
  }

  result(rejected: number): Review {
    const { lines, beginsAt, quietHours, prices } = this.#plan;
    const { timeZones, ...counts } = this.#counts;
    return {
      ...counts,
      timeZones: { ...timeZones, ...(quietHours && { assumed: quietHours.timeZone }) },
      people: this.#people,
      optedOut: this.#optedOut,
      rejected,
      heldBack: this.#heldBack(),
      lines,
      beginsAt: beginsAt.toISOString(),
      seconds: Math.ceil((this.#people * CALLS_EACH * SECONDS_EACH) / Math.max(1, lines)),
      cost: prices && this.#cost(prices),
    };
  }

  #heldBack(): Review['heldBack'] {
    const held = [...this.#zones.values()].filter(({ from }) => from > this.#plan.beginsAt);
    const times = held.map(({ from }) => from.toISOString()).sort();
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    return { people: held.reduce((sum, { people }) => sum + people, 0), from: first, until: last };
  }

  #cost(prices: CallPrices): Review['cost'] {
    let [amount, unpriced] = [0, 0];
    for (const [country, people] of Object.entries(this.#counts.countries)) {
      const price = priceTo(country, prices);
      if (price === undefined) unpriced += people;
      else amount += people * CALLS_EACH * MINUTES_EACH * price;
    }
    return { currency: prices.currency, amount: Math.round(amount * 100) / 100, unpriced };
  }
}
