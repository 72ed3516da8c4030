import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { StorageAccess } from '../../src/lib/storage/access.ts';
import { openTable } from '../../src/lib/storage/azure-tables.ts';
import { TABLES, type TableName } from '../../src/lib/storage/table-store.ts';
import { fileOf, sealOf, writeManifest } from './manifest.ts';
import { keyOf, type Secret, sealed } from './seal.ts';

/** `changed`: rows that were written while their table was read. */
export type Exported = { readonly table: TableName; readonly rows: number; readonly changed: number };

/** Called with the rows of a table so far. */
export type OnRows = (table: TableName, rows: number) => void;

const PAGE = 1_000;

/**
 * Writes every table to a new or empty folder, a page in memory at a time. One request for each thousand rows.
 * @param secret encrypts the files; without one they can be read by anybody.
 * @throws Error if the folder holds something.
 */
export async function exportTables(
  storage: StorageAccess,
  folder: string,
  secret: Secret | undefined,
  onRows: OnRows,
): Promise<Exported[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty: name a new folder.`);
  const salt = randomBytes(32);
  const key = secret && (await keyOf(secret, salt));
  const createdAt = new Date().toISOString();
  const exported: Exported[] = [];
  for (const table of TABLES) {
    const counts = { rows: 0, changed: 0 };
    const plain = linesOf(storage, table, counts, onRows);
    const file = createWriteStream(fileOf(folder, table, key !== undefined), { flags: 'wx', mode: 0o600 });
    await pipeline(key ? sealed(plain, key, sealOf({ createdAt }, table)) : plain, file);
    exported.push({ table, ...counts });
  }
  const tables = exported.map(({ table, rows }) => ({ table, rows }));
  await writeManifest(folder, { format: 1, createdAt, ...(key && { salt: salt.toString('base64') }), tables });
  return exported;
}

/** The rows of a table as lines of JSON, a page at a time. Counts them, and those that changed since its first page. */
async function* linesOf(
  storage: StorageAccess,
  table: TableName,
  counts: { rows: number; changed: number },
  onRows: OnRows,
): AsyncGenerator<Buffer> {
  const client = openTable(storage, table);
  let begun: number | undefined;
  // The service's own clock, which the timestamps of its rows are of. Its header has whole seconds.
  const onResponse = ({ headers }: { headers: { get(name: string): string | undefined } }): void => {
    begun ??= Date.parse(headers.get('date') ?? '') + 999;
  };
  // Without conversion, values keep their type and all of their digits.
  const rows = client.listEntities<Record<string, unknown>>({ disableTypeConversion: true, onResponse });
  try {
    for await (const page of rows.byPage({ maxPageSize: PAGE })) {
      counts.rows += page.length;
      counts.changed += page.filter(({ timestamp = '' }) => Date.parse(timestamp) > (begun ?? 0)).length;
      onRows(table, counts.rows);
      yield Buffer.from(page.map((row) => `${JSON.stringify(ownPart(row))}\n`).join(''));
    }
  } catch (error) {
    // A table exists from its first row on.
    if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
  }
}

/** A row without what the service adds to it: the time, the ETag and the metadata of OData. */
function ownPart({ etag: _e, timestamp: _t, ...row }: Record<string, unknown>): object {
  const own = Object.entries(row).filter(([name]) => !name.startsWith('odata.'));
  return Object.fromEntries(own.map(([name, value]) => [name, asWritten(value)]));
}

const Typed = z.object({ type: z.string(), value: z.string() });
const MAX_INT32 = 2 ** 31 - 1;

/**
 * A value as it is written again: JSON's own types as they are, others with their type. The SDK takes every whole number
 * for an Int32, also a Double that is too large for one.
 */
function asWritten(value: unknown): unknown {
  const typed = Typed.safeParse(value);
  if (!typed.success) return value;
  const { type, value: text } = typed.data;
  const number = Number(text);
  switch (type) {
    case 'String':
      return text;
    case 'Boolean':
      return text === 'true';
    case 'Int32':
      return Math.abs(number) <= MAX_INT32 ? number : { type: 'Double', value: number };
    case 'Double':
      return { type, value: Number.isFinite(number) ? number : text };
    default:
      return typed.data;
  }
}
