import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expired } from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { shardOf } from '../../src/lib/rules/outages/shard.ts';
import { pageOfRecipients, RecipientQuery, viewRecipient } from '../../src/lib/views/recipient-view.ts';
import { MemoryWorld, outageWith, recipientWith } from './support/memory-services.ts';

const SHARDS = 3;
const PEOPLE = Array.from({ length: 40 }, (_, index) =>
  recipientWith({ identifier: { phoneNumber: { value: `+142555501${String(index).padStart(2, '0')}` } } }),
);
const isDone = ({ recipientId }: Recipient): boolean => recipientId < '8';

/** Forty people in three shards, half of whom are done. */
async function town() {
  const { services } = new MemoryWorld();
  const outage = outageWith({ shards: SHARDS });
  for (const person of PEOPLE) {
    const place = { ...shardOf(outage, person.recipientId), recipientId: person.recipientId };
    await services.recipients.add(place, [person], services.now);
    const stored = isDone(person) ? await services.recipients.find(place) : undefined;
    if (stored) await services.recipients.save(place, stored, expired(stored.recipient, services.now()));
  }
  return { services, outage };
}

describe('the people of an outage, page by page,', () => {
  it('appear once each, and only those that match, whatever the page size', async () => {
    const { services, outage } = await town();
    const Asked = fc.record(
      { limit: fc.integer({ min: 1, max: 50 }), state: fc.constantFrom('waiting', 'done', 'calling') },
      { requiredKeys: ['limit'] },
    );
    await fc.assert(
      fc.asyncProperty(Asked, async (asked) => {
        const ids: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await pageOfRecipients(services, outage, RecipientQuery.parse({ ...asked, cursor }));
          expect(page.recipients.length).toBeLessThanOrEqual(asked.limit);
          ids.push(...page.recipients.map(({ recipientId }) => recipientId));
          cursor = page.cursor;
        } while (cursor);
        const wanted = PEOPLE.filter((person) => {
          const state = isDone(person) ? 'done' : 'waiting';
          return (asked.state ?? state) === state;
        });
        expect(ids.toSorted()).toEqual(wanted.map(({ recipientId }) => recipientId).toSorted());
      }),
    );
  });
});

describe('a recipient', () => {
  it('is shown with the number or the user id, and the calls in order', () => {
    const results = [2, 1].map((attempt) => ({ attempt, outcome: 'busy' as const, at: '2026-01-05T08:00:00.000Z' }));
    const view = viewRecipient({ ...recipientWith({ name: 'Ada' }), results });
    expect(view).toMatchObject({ phone: '+14255550123', name: 'Ada', state: 'waiting' });
    expect(view.attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    const user = recipientWith({ identifier: { communicationUser: { id: '8:acs:ada' } } });
    expect(viewRecipient(user)).toMatchObject({ communicationUserId: '8:acs:ada' });
  });

  it.each([
    ['dispatched', 'calling'],
    ['dialling', 'calling'],
  ] as const)('who is %s is %s', (phase, state) => {
    expect(viewRecipient({ ...recipientWith(), phase }).state).toBe(state);
  });

  it('is shown without internal fields', () => {
    const line = { lineId: 'line', number: '+14255550190', etag: 'etag' };
    const view = viewRecipient({ ...recipientWith(), phase: 'dispatched', line, dueRow: 'due' });
    expect(Object.keys(view)).not.toEqual(expect.arrayContaining(['line']));
    expect(JSON.stringify(view)).not.toMatch(/etag|due|identifier/);
  });
});
