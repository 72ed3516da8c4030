import { describe, expect, it } from 'vitest';
import { ConflictError, StorageError } from '../../src/lib/base/errors.ts';
import { ReliableTables } from '../../src/lib/storage/reliable-tables.ts';
import type { KeyRange, StoredRow, TableName, TableStore, Write } from '../../src/lib/storage/table-store.ts';
import { MemoryTables } from './support/memory-tables.ts';

/** What happens to each of the next requests: done and answered, done and unanswered, or not done. */
type Fate = 'fine' | 'answerLost' | 'notDone';

class ShakyTables implements TableStore {
  readonly #tables = new MemoryTables();
  readonly #fates: Fate[];
  requests = 0;

  constructor(...fates: Fate[]) {
    this.#fates = fates;
  }

  async #meet<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.requests++;
    const fate = this.#fates.shift() ?? 'fine';
    if (fate === 'fine') return ask();
    if (fate === 'answerLost') await ask();
    throw new StorageError('no answer', { isTransient: true });
  }

  get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined> {
    return this.#tables.get(table, partitionKey, rowKey);
  }
  query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    return this.#meet(() => this.#tables.query(table, partitionKey, range, limit));
  }
  scan(table: TableName, partitionKey: string, range: KeyRange): AsyncIterable<StoredRow> {
    return this.#tables.scan(table, partitionKey, range);
  }
  commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]> {
    return this.#meet(() => this.#tables.commit(table, partitionKey, writes));
  }
}

const reliable = (tables: TableStore): ReliableTables => new ReliableTables(tables, async () => undefined);
const insert = (rowKey: string, name = 'ours'): Write => ({ kind: 'insert', rowKey, columns: { name } });

describe('a commit whose answer was lost', () => {
  it('and that was done is recognised as our own, and returns the ETag', async () => {
    const shaky = new ShakyTables('answerLost');
    const [etag] = await reliable(shaky).commit('Lines', 'lines', [insert('a'), insert('b')]);
    expect(etag).toBe((await shaky.get('Lines', 'lines', 'a'))?.etag);
  });

  it('and that was not done is repeated', async () => {
    const shaky = new ShakyTables('notDone', 'notDone');
    await reliable(shaky).commit('Lines', 'lines', [insert('a')]);
    expect((await shaky.get('Lines', 'lines', 'a'))?.columns['name']).toBe('ours');
  });

  it('merges into a row once, and a second writer with the same ETag still conflicts', async () => {
    const shaky = new ShakyTables('fine', 'answerLost');
    const store = reliable(shaky);
    const [etag = ''] = await store.commit('Lines', 'lines', [insert('a')]);
    const merge = (name: string): Write => ({ kind: 'merge', rowKey: 'a', columns: { name }, etag });
    await store.commit('Lines', 'lines', [merge('first')]);
    await expect(store.commit('Lines', 'lines', [merge('second')])).rejects.toThrow(ConflictError);
    expect((await shaky.get('Lines', 'lines', 'a'))?.columns['name']).toBe('first');
  });

  it('whose row somebody else wrote first is still a conflict', async () => {
    const shaky = new ShakyTables('fine', 'notDone');
    await reliable(shaky).commit('Lines', 'lines', [insert('a', 'theirs')]);
    await expect(reliable(shaky).commit('Lines', 'lines', [insert('a')])).rejects.toThrow(ConflictError);
    expect((await shaky.get('Lines', 'lines', 'a'))?.columns['name']).toBe('theirs');
  });

  it('and that deletes a row has succeeded if the row no longer exists', async () => {
    const shaky = new ShakyTables('fine', 'answerLost');
    const store = reliable(shaky);
    await store.commit('Lines', 'lines', [insert('a')]);
    await expect(store.commit('Lines', 'lines', [{ kind: 'delete', rowKey: 'a' }])).resolves.toBeDefined();
  });
});

describe('retrying', () => {
  it('ends after four tries with the error', async () => {
    const shaky = new ShakyTables('notDone', 'notDone', 'notDone', 'notDone', 'fine');
    await expect(reliable(shaky).commit('Lines', 'lines', [insert('a')])).rejects.toThrow(StorageError);
    expect(shaky.requests).toBe(4);
  });

  it('costs no request if nothing goes wrong, and never repeats a conflict', async () => {
    const shaky = new ShakyTables();
    await reliable(shaky).commit('Lines', 'lines', [insert('a')]);
    await expect(reliable(shaky).commit('Lines', 'lines', [insert('a')])).rejects.toThrow(ConflictError);
    expect(shaky.requests).toBe(2);
  });

  it('repeats a failed read', async () => {
    const shaky = new ShakyTables('fine', 'notDone');
    await reliable(shaky).commit('Lines', 'lines', [insert('a')]);
    expect(await reliable(shaky).query('Lines', 'lines', { from: 'a', to: 'b' }, 10)).toHaveLength(1);
  });
});
