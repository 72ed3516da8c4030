import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recipientIdOf } from '../../src/lib/rules/calls/recipient-id.ts';
import { newRecipient, shardOf } from '../../src/lib/rules/outages/recipient.ts';

const phone = (value: string) => ({ phoneNumber: { value } });
const numbers = fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }).map((digits) => `+1${digits}`);

describe('a recipient’s id', () => {
  it('is the same for the same number, whatever else a list says of it', () => {
    expect(recipientIdOf({ ...phone('+14255550123'), rawId: '4:+14255550123' })).toBe(
      recipientIdOf(phone('+14255550123')),
    );
    expect(newRecipient({ identifier: phone('+14255550123'), name: 'Ann' }).recipientId).toBe(
      newRecipient({ identifier: phone('+14255550123') }).recipientId,
    );
  });

  it('is another for another number, and for a user', () => {
    const ids = [phone('+14255550123'), phone('+14255550124'), { communicationUser: { id: '8:acs:ann' } }].map(
      recipientIdOf,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('does not show the number: not even the end of it', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const id = recipientIdOf(phone(number));
        expect(id).toMatch(/^[0-9a-f]{20}$/);
        expect(id).not.toContain(number.slice(-7));
      }),
    );
  });
});

describe('a recipient’s shard', () => {
  it('is the same for the same id', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 32 }), (number, shards) => {
        const shard = shardOf(recipientIdOf(phone(number)), shards);
        expect(shardOf(recipientIdOf(phone(number)), shards)).toBe(shard);
        expect(shard).toBeGreaterThanOrEqual(0);
        expect(shard).toBeLessThan(shards);
      }),
    );
  });

  it('has about as many people in it as each other one, though their numbers follow each other', () => {
    const sizes = Array.from({ length: 8 }, () => 0);
    for (let i = 0; i < 8000; i++) {
      const shard = shardOf(recipientIdOf(phone(`+1425555${String(i).padStart(4, '0')}`)), 8);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }
    expect(Math.min(...sizes)).toBeGreaterThan(850);
    expect(Math.max(...sizes)).toBeLessThan(1150);
  });
});
