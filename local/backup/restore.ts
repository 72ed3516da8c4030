import { createReadStream } from 'node:fs';
import type { TableClient, TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { eachOf } from '../../src/lib/base/each-of.ts';
import type { StorageAccess } from '../../src/lib/storage/access.ts';
import { openTable } from '../../src/lib/storage/azure-tables.ts';
import { MAX_WRITES, TABLES, type TableName } from '../../src/lib/storage/table-store.ts';
import { UsageError } from '../cli.ts';
import type { OnRows } from './export.ts';
import { fileOf, type Manifest, readManifest, sealOf } from './manifest.ts';
import { damaged, keyOf, opened, type Secret } from './seal.ts';

export type Restored = { readonly table: TableName; readonly rows: number };

/** Transactions in flight. */
const COMMITS = 8;
/** Of JSON in one transaction, characters: as OData it takes up to twice as much, and 4 MiB are the limit. */
const MAX_TEXT = 1_000_000;

const Row = z.looseObject({ partitionKey: z.string(), rowKey: z.string() });
type Row = z.infer<typeof Row>;

/**
 * Writes the rows of a backup to the tables of an account. First reads it whole, so that a backup that is damaged, or
 * whose key is wrong, changes nothing. Idempotent. One request for up to a hundred rows of a partition.
 * @param intoUsed also restore into tables with rows: rows of the same keys are replaced, others stay.
 * @throws Error if the backup is damaged, or tables hold rows.
 */
export async function restoreTables(
  storage: StorageAccess,
  folder: string,
  secret: Secret | undefined,
  { intoUsed, onRows }: { readonly intoUsed: boolean; readonly onRows: OnRows },
): Promise<Restored[]> {
  const manifest = await readManifest(folder);
  const key = await keyFor(manifest, secret);
  const rowsOf = (table: TableName): AsyncGenerator<Row> =>
    rowsIn(fileOf(folder, table, Boolean(key)), (file) =>
      key ? opened(file, key, sealOf(manifest, table)) : createReadStream(file),
    );
  for (const { table, rows } of manifest.tables) {
    let found = 0;
    for await (const _ of rowsOf(table)) found++;
    if (found !== rows) throw new Error(`${table} has ${found} rows in the backup instead of ${rows}.`);
  }
  if (!intoUsed) await mustBeEmpty(storage);
  const restored: Restored[] = [];
  // Outages last: an app that runs already finds the list of an outage when it finds the outage.
  for (const { table, rows } of manifest.tables.toSorted((a, b) => TABLES.indexOf(b.table) - TABLES.indexOf(a.table))) {
    await restoreTable(openTable(storage, table), rowsOf(table), (done) => onRows(table, done));
    restored.unshift({ table, rows });
  }
  return restored;
}

async function keyFor({ salt }: Manifest, secret: Secret | undefined): Promise<Buffer | undefined> {
  if (salt === undefined) return undefined;
  if (secret === undefined) throw new UsageError('The backup is encrypted: give its passphrase or its key file.');
  return keyOf(secret, Buffer.from(salt, 'base64'));
}

async function* rowsIn(file: string, open: (file: string) => AsyncIterable<Buffer>): AsyncGenerator<Row> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const piece of open(file)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield rowOf(file, line);
  }
  if (rest !== '') throw damaged(file);
}

/** Its text is not in the error: it may hold names and numbers. */
function rowOf(file: string, line: string): Row {
  try {
    return Row.parse(JSON.parse(line));
  } catch {
    throw damaged(file);
  }
}

async function mustBeEmpty(storage: StorageAccess): Promise<void> {
  const used: TableName[] = [];
  for (const table of TABLES) {
    const [row] = await firstPage(openTable(storage, table));
    if (row) used.push(table);
  }
  if (used.length > 0)
    throw new Error(`${used.join(', ')} have rows: restore into an empty account, or use --into-used.`);
}

async function firstPage(client: TableClient): Promise<readonly unknown[]> {
  try {
    for await (const page of client.listEntities().byPage({ maxPageSize: 1 })) if (page.length > 0) return page;
    return [];
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return [];
    throw error;
  }
}

async function restoreTable(client: TableClient, rows: AsyncGenerator<Row>, onRows: (done: number) => void) {
  await client.createTable();
  let done = 0;
  await eachOf(batchesOf(rows), COMMITS, async (batch) => {
    await client.submitTransaction(batch.map((row): TransactionAction => ['upsert', row, 'Replace']));
    done += batch.length;
    onRows(done);
  });
}

/** Rows of one partition, as many as fit one transaction. Rows come in order of partition. */
async function* batchesOf(rows: AsyncGenerator<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  let size = 0;
  for await (const row of rows) {
    const text = JSON.stringify(row).length;
    const isFull = batch.length === MAX_WRITES || size + text > MAX_TEXT || batch[0]?.partitionKey !== row.partitionKey;
    if (batch.length > 0 && isFull) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(row);
    size += text;
  }
  if (batch.length > 0) yield batch;
}
