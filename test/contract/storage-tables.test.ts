import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConflictError, StorageError } from '../../src/lib/base/errors.ts';
import {
  ANY,
  type Columns,
  type StoredRow,
  startingWith,
  TABLES,
  type Write,
} from '../../src/lib/storage/table-store.ts';
import { onEachStore } from '../unit/support/table-stores.ts';

const TABLE = 'CallLegs';
const EVERYTHING = startingWith('');
const row = (name: string, columns: Columns = { name }) => ({ rowKey: name, columns });
const insert = (name: string, columns?: Columns): Write => ({ kind: 'insert', ...row(name, columns) });
const remove = (name: string): Write => ({ kind: 'delete', rowKey: name });
const keysOf = (rows: readonly StoredRow[]): string[] => rows.map(({ rowKey }) => rowKey);

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

onEachStore((opened) => {
  /** A new partition for each test. */
  class Partition {
    readonly key = `partition|${randomUUID()}`;
    commit(...writes: Write[]): Promise<(string | undefined)[]> {
      return opened.store.commit(TABLE, this.key, writes);
    }
    get(name: string): Promise<StoredRow | undefined> {
      return opened.store.get(TABLE, this.key, name);
    }
    async etagOf(name: string): Promise<string> {
      const found = await this.get(name);
      if (!found) throw new Error(`there is no row ${name}`);
      return found.etag;
    }
    /** Every row, as name and columns. */
    async rows(): Promise<Record<string, Columns>> {
      const rows = await opened.store.query(TABLE, this.key, EVERYTHING, 1000);
      return Object.fromEntries(rows.map(({ rowKey, columns }) => [rowKey, columns]));
    }
  }

  describe('a row', () => {
    it('that does not exist is undefined', async () => {
      await expect(new Partition().get('nobody')).resolves.toBeUndefined();
    });

    it.each<Columns>([
      { text: 'Ann' },
      { text: '' },
      { text: 'O’Hara said "no" & \'yes\' <b>\n\t✓ 日本 🙂' },
      { text: '2026-01-05T08:00:00.000Z' },
      { whole: 7, negative: -1, zero: 0 },
      { fraction: 1.5 },
      { yes: true, no: false },
      { resultsJson: '[{"outcome":"busy"}]' },
    ])('keeps its columns: %j', async (columns) => {
      const partition = new Partition();
      await partition.commit(insert('ann', columns));
      expect((await partition.get('ann'))?.columns).toEqual(columns);
      await partition.commit(insert('bob', columns), insert('eve'));
      expect((await partition.get('bob'))?.columns).toEqual(columns);
    });

    it('has no column for an undefined value', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann', { name: 'Ann', nothing: undefined }));
      await partition.commit(insert('bob', { name: 'Bob', nothing: undefined }), insert('eve'));
      expect((await partition.get('ann'))?.columns).toEqual({ name: 'Ann' });
      expect((await partition.get('bob'))?.columns).toEqual({ name: 'Bob' });
    });

    it.each([
      'due|waiting|2026-01-05T08:00:00.000Z|0a1b',
      '+14255550190|0',
      'leg!2F1',
      "o'hara",
      'a b',
      'event|tone-1',
    ])('can have the key %s', async (key) => {
      const partition = new Partition();
      await partition.commit(insert(key));
      expect(await partition.get(key)).toMatchObject({ rowKey: key });
      await partition.commit({ kind: 'merge', ...row(key, { name: 'new' }), etag: await partition.etagOf(key) });
      await partition.commit(remove(key), insert('other'));
      expect(Object.keys(await partition.rows())).toEqual(['other']);
    });

    it('belongs to its table and its partition', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      await expect(new Partition().get('ann')).resolves.toBeUndefined();
      await expect(opened.store.get('Lines', partition.key, 'ann')).resolves.toBeUndefined();
    });
  });

  describe.each([
    ['alone', []],
    ['together with another', [insert('another')]],
  ] as const)('a write %s', (_, company) => {
    it('that inserts an existing row is refused, and the row stays', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann', { name: 'first' }));
      await expect(partition.commit(insert('ann', { name: 'second' }), ...company)).rejects.toThrow(ConflictError);
      await expect(partition.rows()).resolves.toEqual({ ann: { name: 'first' } });
    });

    it('that merges keeps the columns it does not name', async () => {
      const partition = new Partition();
      await partition.commit(insert('bob', { name: 'Bob', floor: 3 }));
      await partition.commit({ kind: 'merge', ...row('bob', { name: 'Bobby' }), etag: await partition.etagOf('bob') });
      expect((await partition.get('bob'))?.columns).toEqual({ name: 'Bobby', floor: 3 });
    });

    it('that would merge into a row that changed meanwhile is refused', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      const etag = await partition.etagOf('ann');
      await partition.commit({ kind: 'merge', ...row('ann', { name: 'first' }), etag });
      const late = partition.commit({ kind: 'merge', ...row('ann', { name: 'second' }), etag }, ...company);
      await expect(late).rejects.toThrow(ConflictError);
      await expect(partition.rows()).resolves.toEqual({ ann: { name: 'first' } });
    });

    it('that would merge into a deleted row is refused, even for any version', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      const etag = await partition.etagOf('ann');
      await partition.commit(remove('ann'));
      for (const accepted of [etag, ANY]) {
        const late = partition.commit({ kind: 'merge', ...row('ann'), etag: accepted }, ...company);
        await expect(late).rejects.toThrow(ConflictError);
      }
      await expect(partition.rows()).resolves.toEqual({});
    });

    it('that would merge into any version of a row succeeds', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      await partition.commit({ kind: 'merge', ...row('ann', { name: 'new' }), etag: ANY }, ...company);
      expect((await partition.get('ann'))?.columns).toEqual({ name: 'new' });
    });

    it('that upserts creates the row, or merges into it', async () => {
      const partition = new Partition();
      await partition.commit({ kind: 'upsert', ...row('ann', { name: 'Ann', floor: 3 }) }, ...company);
      expect((await partition.get('ann'))?.columns).toEqual({ name: 'Ann', floor: 3 });
      await partition.commit({ kind: 'upsert', ...row('ann', { name: 'Anna' }) });
      expect((await partition.get('ann'))?.columns).toEqual({ name: 'Anna', floor: 3 });
      await partition.commit({ kind: 'upsert', ...row('ann', { name: 'Annie' }) }, insert('one more'));
      expect((await partition.get('ann'))?.columns).toEqual({ name: 'Annie', floor: 3 });
    });

    it('that deletes a missing row is refused', async () => {
      const partition = new Partition();
      await expect(partition.commit(remove('ann'), ...company)).rejects.toThrow(ConflictError);
      await expect(partition.rows()).resolves.toEqual({});
    });

    it('that deletes removes the row, which can be inserted again', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      await partition.commit(remove('ann'), ...company);
      await expect(partition.get('ann')).resolves.toBeUndefined();
      await partition.commit(insert('ann', { name: 'again' }));
      expect((await partition.get('ann'))?.columns).toEqual({ name: 'again' });
    });

    it('returns the new ETag, which the next write needs', async () => {
      const partition = new Partition();
      const [first = ''] = await partition.commit(insert('ann'), ...company);
      const [second = ''] = await partition.commit({ kind: 'merge', ...row('ann', { name: 'new' }), etag: first });
      expect(second).not.toBe(first);
      expect(await partition.etagOf('ann')).toBe(second);
      const [third = ''] = await partition.commit({ kind: 'merge', ...row('ann', { name: 'new' }), etag: second });
      expect(await partition.etagOf('ann')).toBe(third);
    });
  });

  describe('a commit', () => {
    it('returns an ETag for each row in order, and none for a deleted row', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      const [gone, bob, eve, ...more] = await partition.commit(remove('ann'), insert('bob'), insert('eve'));
      expect(gone).toBeUndefined();
      expect(bob).toBe(await partition.etagOf('bob'));
      expect(eve).toBe(await partition.etagOf('eve'));
      expect(more).toEqual([]);
    });

    it.each<[string, Write]>([
      ['already exists', insert('there')],
      ['was changed', { kind: 'merge', ...row('there'), etag: 'W/"datetime\'2020-01-01T00%3A00%3A00.0000000Z\'"' }],
      ['does not exist', remove('gone')],
    ])('writes nothing at all if one row %s', async (_, refused) => {
      const partition = new Partition();
      await partition.commit(insert('there'), insert('bystander'));
      const before = await partition.rows();
      const etag = await partition.etagOf('bystander');
      const writes = [insert('new'), { kind: 'merge', ...row('bystander', { name: 'x' }), etag } as const, refused];
      await expect(partition.commit(...writes)).rejects.toThrow(ConflictError);
      await expect(partition.rows()).resolves.toEqual(before);
      expect(await partition.etagOf('bystander')).toBe(etag);
    });

    const many = (count: number): Write[] => Array.from({ length: count }, (_, index) => insert(`row-${index}`));

    it('may have a hundred writes, and no more', async () => {
      const [hundred, more] = [new Partition(), new Partition()];
      await expect(hundred.commit(...many(100))).resolves.toHaveLength(100);
      await expect(more.commit(...many(101))).rejects.toThrow(StorageError);
      await expect(more.rows()).resolves.toEqual({});
    });

    it('that names a row twice is refused', async () => {
      const partition = new Partition();
      const twice = partition.commit(insert('ann'), { kind: 'upsert', ...row('ann') });
      await expect(twice).rejects.toThrow(StorageError);
      await expect(partition.rows()).resolves.toEqual({});
    });

    it('with the same ETag as another at the same time succeeds only once', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann'));
      const etag = await partition.etagOf('ann');
      const racing = ['first', 'second', 'third'].map((name) =>
        partition.commit({ kind: 'merge', ...row('ann', { name }), etag }, insert(`won by ${name}`)),
      );
      const won = (await Promise.allSettled(racing)).filter(({ status }) => status === 'fulfilled');
      expect(won).toHaveLength(1);
      const { ann, ...others } = await partition.rows();
      expect(Object.keys(others)).toEqual([`won by ${ann?.['name']}`]);
    });
  });

  describe('a range of rows', () => {
    it('begins with its first key, ends before its last, and is in order of key', async () => {
      const partition = new Partition();
      await partition.commit(...['d', 'b', 'a', 'c', 'B', 'ba', '+', '1'].map((name) => insert(name)));
      const found = await opened.store.query(TABLE, partition.key, { from: 'a', to: 'c' }, 100);
      expect(keysOf(found)).toEqual(['a', 'b', 'ba']);
      expect(keysOf(await opened.store.query(TABLE, partition.key, EVERYTHING, 100))).toEqual([
        '+',
        '1',
        'B',
        'a',
        'b',
        'ba',
        'c',
        'd',
      ]);
    });

    it('of a prefix has every key that begins with it, and no other', async () => {
      const partition = new Partition();
      await partition.commit(
        ...['due|leased|2', 'due|waiting|1', 'due|waiting|9|ann', 'due|waiting', 'recipient|a'].map((name) =>
          insert(name),
        ),
      );
      const found = await opened.store.query(TABLE, partition.key, startingWith('due|waiting|'), 100);
      expect(keysOf(found)).toEqual(['due|waiting|1', 'due|waiting|9|ann']);
    });

    it('has no more rows than the limit, the first ones', async () => {
      const partition = new Partition();
      await partition.commit(insert('c'), insert('a'), insert('b'));
      expect(keysOf(await opened.store.query(TABLE, partition.key, EVERYTHING, 2))).toEqual(['a', 'b']);
    });

    it('is empty if there are no rows', async () => {
      await expect(opened.store.query(TABLE, new Partition().key, EVERYTHING, 5)).resolves.toEqual([]);
      await expect(all(opened.store.scan(TABLE, new Partition().key, EVERYTHING))).resolves.toEqual([]);
    });

    it('has the same rows as reads of single rows', async () => {
      const partition = new Partition();
      await partition.commit(insert('ann', { name: 'Ann', attempt: 2 }));
      const [found] = await opened.store.query(TABLE, partition.key, EVERYTHING, 5);
      expect(found).toEqual(await partition.get('ann'));
      expect(found?.columns).toEqual({ name: 'Ann', attempt: 2 });
    });

    it('of more than a thousand rows is read to its end', async () => {
      const partition = new Partition();
      const names = Array.from({ length: 1100 }, (_, index) => `row-${String(index).padStart(4, '0')}`);
      for (let start = 0; start < names.length; start += 100) {
        await partition.commit(...names.slice(start, start + 100).map((name) => insert(name)));
      }
      expect(keysOf(await opened.store.query(TABLE, partition.key, EVERYTHING, 5000))).toEqual(names);
      expect(keysOf(await opened.store.query(TABLE, partition.key, EVERYTHING, 1001))).toEqual(names.slice(0, 1001));
      expect(keysOf(await all(opened.store.scan(TABLE, partition.key, EVERYTHING)))).toEqual(names);
    });
  });
});

onEachStore((opened) => {
  describe('a store without tables', () => {
    it('finds nothing, and does not fail', async () => {
      await expect(all(opened.store.scan('Outages', 'p', EVERYTHING))).resolves.toEqual([]);
      await expect(opened.store.get('OptOuts', 'p', 'ann')).resolves.toBeUndefined();
      await expect(opened.store.query('Lines', 'p', EVERYTHING, 5)).resolves.toEqual([]);
    });

    it('creates the table for a write of one row or of several', async () => {
      await opened.store.commit('Recipients', 'p', [insert('ann')]);
      await opened.store.commit('CallLegs', 'p', [insert('ann'), insert('bob')]);
      expect(keysOf(await opened.store.query('Recipients', 'p', EVERYTHING, 5))).toEqual(['ann']);
      expect(keysOf(await opened.store.query('CallLegs', 'p', EVERYTHING, 5))).toEqual(['ann', 'bob']);
    });

    it('creates a table once, even if many write at the same time', async () => {
      const fresh = await opened.openAnother();
      try {
        const names = ['ann', 'bob', 'eve', 'joe'];
        await Promise.all(
          TABLES.flatMap((table) => names.map((name) => fresh.store.commit(table, 'p', [insert(name)]))),
        );
        for (const table of TABLES) expect(keysOf(await fresh.store.query(table, 'p', EVERYTHING, 9))).toEqual(names);
      } finally {
        await fresh.close();
      }
    });
  });
});
