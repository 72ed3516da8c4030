import { describe, expect, it } from 'vitest';
import { CallPricesText } from '../../src/lib/rules/call-prices.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { viewReview } from '../../src/lib/views/review-view.ts';
import { MemoryWorld, recipientWith } from './support/memory-services.ts';

/** Eight o’clock in London, midnight in Los Angeles. */
const NOW = new Date('2026-01-05T08:00:00.000Z');

const person = (phone: string, timeZone?: string) =>
  recipientWith({ identifier: { phoneNumber: { value: phone } }, timeZone });

const PEOPLE = [
  person('+14255550121', 'America/Los_Angeles'),
  person('+14255550122', 'America/New_York'),
  person('+14255550123'),
  person('+447700900123', 'Europe/London'),
];

async function drafted(spec: Partial<OutageSpec> = {}, prices?: string) {
  const world = new MemoryWorld();
  world.now = NOW;
  const { outage } = await world.outage(spec);
  await world.services.recipients.add({ outageId: outage.id, shard: 0 }, PEOPLE, () => NOW);
  const settings = {
    ...world.services.settings,
    prices: prices === undefined ? undefined : CallPricesText.parse(prices),
  };
  return { world, outage, review: () => viewReview({ ...world.services, settings }, outage) };
}

describe('the review of a draft', () => {
  it('says who would be called, and who has opted out', async () => {
    const { world, review } = await drafted();
    const optedOut = world.services.ids.numberIdOf({ phoneNumber: { value: '+14255550122' } });
    await world.services.optOuts.add(optedOut, { at: NOW });
    await expect(review()).resolves.toMatchObject({
      people: 3,
      optedOut: 1,
      // Numbers that are kept for fiction have no country of their own in Britain.
      countries: { US: 2, '+44': 1 },
      timeZones: { given: { 'America/Los_Angeles': 1, 'Europe/London': 1 }, missing: 1, missingInNorthAmerica: 1 },
      lines: 2,
      beginsAt: NOW.toISOString(),
      // 3 people, 1.4 calls of 45 s each, two at a time.
      seconds: 95,
    });
    expect(await review()).not.toHaveProperty('timeZones.assumed');
  });

  it('says whom quiet hours hold back, and until when', async () => {
    const quietHours = { from: '21:00', to: '08:00', timeZone: 'America/Chicago' };
    const { review } = await drafted({ quietHours });
    expect(await review()).toMatchObject({
      people: 4,
      timeZones: { assumed: 'America/Chicago' },
      // New York at 13:00, Chicago at 14:00, Los Angeles at 16:00 UTC; it is eight in London.
      heldBack: { people: 3, from: '2026-01-05T13:00:00.000Z', until: '2026-01-05T16:00:00.000Z' },
    });
    const later = await drafted({ quietHours, startAt: '2026-01-05T18:00:00Z' });
    expect(await later.review()).toMatchObject({ beginsAt: '2026-01-05T18:00:00.000Z' });
    expect((await later.review()).heldBack).toBeUndefined();
  });

  it('says what the calls would cost if prices are set', async () => {
    expect((await (await drafted()).review()).cost).toBeUndefined();
    // 1.4 calls of a minute for each of three and one.
    const cost = async (prices: string) => (await (await drafted({}, prices)).review()).cost;
    expect(await cost('EUR US:0.1,GB:0.5')).toEqual({ currency: 'EUR', amount: 1.12, unpriced: 0 });
    expect(await cost('EUR US:0.1')).toEqual({ currency: 'EUR', amount: 0.42, unpriced: 1 });
    expect(await cost('EUR US:0.1, *:1')).toEqual({ currency: 'EUR', amount: 1.82, unpriced: 0 });
  });

  it.each(['0.1', 'USD', 'usd US:1', 'USD US:free', 'USD UK:1', 'USD US:1,,GB:2'])(
    'takes no prices such as %s',
    (prices) => {
      const { error } = CallPricesText.safeParse(prices);
      expect(error?.issues[0]?.message).toContain('e.g. USD US:0.013,GB:0.02,*:0.1');
    },
  );
});
