import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { AzureTables } from '../../src/lib/storage/azure-tables.ts';
import { ANY, type StoredRow, startingWith, type TableStore, type Write } from '../../src/lib/storage/table-store.ts';
import { MemoryTables } from '../unit/support/memory-tables.ts';

/** `age`: how many commits ago the row was read whose ETag the write uses; null: it uses no ETag. */
const Planned = fc.record({
  name: fc.constantFrom('ann', 'bob', 'eve'),
  kind: fc.constantFrom('insert' as const, 'upsert' as const, 'merge' as const, 'delete' as const),
  column: fc.constantFrom('floor', 'room'),
  value: fc.nat(9),
  age: fc.option(fc.nat(2)),
});
type Planned = typeof Planned extends fc.Arbitrary<infer Value> ? Value : never;
const Commits = fc.array(fc.uniqueArray(Planned, { selector: ({ name }) => name, minLength: 1 }), { maxLength: 10 });

function writeOf({ name, kind, column, value, age }: Planned, seen: readonly StoredRow[][]): Write {
  const columns = { [column]: value };
  switch (kind) {
    case 'delete':
      return { kind, rowKey: name };
    case 'insert':
    case 'upsert':
      return { kind, rowKey: name, columns };
    default: {
      const read = age === null ? undefined : seen.at(-1 - age)?.find(({ rowKey }) => rowKey === name);
      return { kind, rowKey: name, columns, etag: read?.etag ?? ANY };
    }
  }
}

/** The result of each commit, and the rows after it. */
async function answers(store: TableStore, commits: readonly Planned[][]): Promise<unknown[]> {
  const partition = randomUUID();
  const seen: StoredRow[][] = [[]];
  const results: unknown[] = [];
  for (const commit of commits) {
    const writes = commit.map((planned) => writeOf(planned, seen));
    const result = await store.commit('CallLegs', partition, writes).then(
      (etags) => etags.map((etag) => typeof etag),
      (error: unknown) => (error instanceof Error ? error.name : error),
    );
    const rows = await store.query('CallLegs', partition, startingWith(''), 100);
    seen.push(rows);
    results.push({ result, rows: rows.map(({ rowKey, columns }) => ({ rowKey, columns })) });
  }
  return results;
}

describe('the tables in memory', () => {
  let azurite: RunningAzurite;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite.stop());

  it('behave like Table Storage for any sequence of writes', async () => {
    const real = new AzureTables(azurite);
    await fc.assert(
      fc.asyncProperty(Commits, async (commits) => {
        expect(await answers(new MemoryTables(), commits)).toEqual(await answers(real, commits));
      }),
      { numRuns: 60 },
    );
  });
});
