import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardOf, shardsFrom, shardsOf } from '../../src/lib/rules/outages/shard.ts';
import { recipientIdOf } from '../fixtures/ids.ts';

const phone = (value: string) => ({ phoneNumber: { value } });
const numbers = fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }).map((digits) => `+1${digits}`);

describe('a recipient’s id', () => {
  it('is the same for the same number, whatever the other columns say', () => {
    expect(recipientIdOf({ ...phone('+14255550123'), rawId: '4:+14255550123' })).toBe(
      recipientIdOf(phone('+14255550123')),
    );
  });

  it('differs for another number, and for a user', () => {
    const ids = [phone('+14255550123'), phone('+14255550124'), { communicationUser: { id: '8:acs:ann' } }].map(
      recipientIdOf,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('does not show the number, not even its last digits', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const id = recipientIdOf(phone(number));
        expect(id).toMatch(/^[0-9a-f]{20}$/);
        expect(id).not.toContain(number.slice(-7));
      }),
    );
  });
});

describe('the shards of an outage', () => {
  const shards = [0, 1, 2].map((shard) => ({ outageId: 'storm', shard }));

  it('are as many as it has, in order', () => {
    expect(shardsOf({ id: 'storm', shards: 3 })).toEqual(shards);
  });

  it('can be visited from any of them on, each once', () => {
    const [first, second, third] = shards;
    expect(shardsFrom({ id: 'storm', shards: 3 }, { outageId: 'storm', shard: 1 })).toEqual([second, third, first]);
  });
});

describe('a recipient’s shard', () => {
  it('is the same for the same id', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 32 }), (number, shards) => {
        const outage = { id: 'storm', shards };
        const shard = shardOf(outage, recipientIdOf(phone(number)));
        expect(shardOf(outage, recipientIdOf(phone(number)))).toEqual(shard);
        expect(shardsOf(outage)).toContainEqual(shard);
      }),
    );
  });

  it('holds about as many people as each other shard, even for consecutive numbers', () => {
    const sizes = Array.from({ length: 8 }, () => 0);
    for (let i = 0; i < 8000; i++) {
      const recipientId = recipientIdOf(phone(`+1425555${String(i).padStart(4, '0')}`));
      const { shard } = shardOf({ id: 'storm', shards: 8 }, recipientId);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }
    expect(Math.min(...sizes)).toBeGreaterThan(850);
    expect(Math.max(...sizes)).toBeLessThan(1150);
  });
});
