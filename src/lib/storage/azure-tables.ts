import {
  odata,
  RestError,
  TableClient,
  type TableEntityResult,
  type TableServiceClientOptions,
  type TransactionAction,
} from '@azure/data-tables';
import { z } from 'zod';
import { ConflictError, StorageError } from '../base/errors.ts';
import type { StorageAccess } from './access.ts';
import type { Cell, KeyRange, StoredRow, TableName, TableStore, Write } from './table-store.ts';
import { REQUEST_LIMIT_MS, timeLimit } from './time-limit.ts';

type Entity = TableEntityResult<Record<string, unknown>>;

/** Table Storage through the official SDK. No other file knows its entities and status codes. */
export class AzureTables implements TableStore {
  readonly #clients = new Map<TableName, TableClient>();
  readonly #open: (table: TableName) => TableClient;

  constructor(access: StorageAccess, limitMs = REQUEST_LIMIT_MS) {
    const options: TableServiceClientOptions = {
      // reliable-tables.ts retries instead: the SDK would take the rows of its own first try for a conflict.
      retryOptions: { maxRetries: 0 },
      additionalPolicies: [{ policy: timeLimit(limitMs), position: 'perCall' }],
    };
    this.#open = (table) => openTable(access, table, options);
  }

  async get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined> {
    return this.#ask(table, async (client) => {
      try {
        return toRow(await client.getEntity<Record<string, unknown>>(partitionKey, rowKey));
      } catch (error) {
        if (isMissingRow(error)) return undefined;
        throw error;
      }
    });
  }

  async query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    return this.#ask(table, async (client) => {
      const rows: StoredRow[] = [];
      // An empty page may be followed by another one (platform docs: query timeout and pagination).
      for await (const page of pages(client, partitionKey, range, Math.min(limit, 1000))) {
        rows.push(...page.map(toRow));
        if (rows.length >= limit) break;
      }
      return rows.slice(0, limit);
    });
  }

  async *scan(table: TableName, partitionKey: string, range: KeyRange): AsyncIterable<StoredRow> {
    const client = this.#client(table);
    try {
      for await (const page of pages(client, partitionKey, range, 1000)) for (const entity of page) yield toRow(entity);
    } catch (error) {
      if (isMissingTable(error)) return;
      throw translated(table, error);
    }
  }

  async commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]> {
    return this.#ask(table, async (client) => {
      const [only, ...others] = writes;
      if (only && others.length === 0) return [await single(client, partitionKey, only)];
      const answer = await client.submitTransaction(writes.map((write) => toAction(partitionKey, write)));
      return answer.subResponses.map((response) => response.etag);
    });
  }

  #client(table: TableName): TableClient {
    const client = this.#clients.get(table) ?? this.#open(table);
    this.#clients.set(table, client);
    return client;
  }

  /** Creates a table when it is first missing, so that no request goes into checking. */
  async #ask<Answer>(table: TableName, request: (client: TableClient) => Promise<Answer>): Promise<Answer> {
    const client = this.#client(table);
    try {
      return await request(client).catch(async (error) => {
        if (!isMissingTable(error)) throw error;
        await client.createTable();
        return request(client);
      });
    } catch (error) {
      throw translated(table, error);
    }
  }
}

/** A client for a table. Sends no request. */
export function openTable(access: StorageAccess, table: TableName, options?: TableServiceClientOptions): TableClient {
  return 'connectionString' in access
    ? TableClient.fromConnectionString(access.connectionString, table, { ...options, allowInsecureConnection: true })
    : new TableClient(access.tableEndpoint, table, access.credential, options);
}

function pages(
  client: TableClient,
  partitionKey: string,
  { from, to }: KeyRange,
  maxPageSize: number,
): AsyncIterable<Entity[]> {
  const filter = odata`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${to}`;
  return client.listEntities<Record<string, unknown>>({ queryOptions: { filter } }).byPage({ maxPageSize });
}

async function single(client: TableClient, partitionKey: string, write: Write): Promise<string | undefined> {
  const entity = { partitionKey, rowKey: write.rowKey, ...('columns' in write && write.columns) };
  switch (write.kind) {
    case 'insert':
      return (await client.createEntity(entity)).etag;
    case 'upsert':
      return (await client.upsertEntity(entity, 'Merge')).etag;
    case 'merge':
      return (await client.updateEntity(entity, 'Merge', { etag: write.etag })).etag;
    case 'delete':
      await client.deleteEntity(partitionKey, write.rowKey);
      return undefined;
  }
}

function toAction(partitionKey: string, write: Write): TransactionAction {
  const entity = { partitionKey, rowKey: write.rowKey, ...('columns' in write && write.columns) };
  switch (write.kind) {
    case 'insert':
      return ['create', entity];
    case 'upsert':
      return ['upsert', entity, 'Merge'];
    case 'merge':
      return ['update', entity, 'Merge', { etag: write.etag }];
    case 'delete':
      return ['delete', entity];
  }
}

function toRow({ partitionKey: _p, rowKey, etag, timestamp: _t, ...rest }: Entity): StoredRow {
  return { rowKey: rowKey ?? '', etag, columns: Object.fromEntries(Object.entries(rest).filter(isColumn)) };
}

const isColumn = (entry: [string, unknown]): entry is [string, Cell] =>
  !entry[0].startsWith('odata.') && ['string', 'number', 'boolean'].includes(typeof entry[1]);

/** The service's error code: a transaction has it on the error, a single request in the details. */
const ErrorDetails = z.object({ errorCode: z.string() });

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  return error.code ?? ErrorDetails.safeParse(error.details).data?.errorCode;
}

const isMissingRow = (error: unknown): boolean => codeOf(error) === 'ResourceNotFound';
const isMissingTable = (error: unknown): boolean => codeOf(error) === 'TableNotFound';

/** 409: a row to insert exists. 412: a row changed since it was read. 404: a row no longer exists. */
const CONFLICTS: ReadonlySet<number | undefined> = new Set([404, 409, 412]);

function translated(table: TableName, cause: unknown): Error {
  const status = cause instanceof RestError ? cause.statusCode : undefined;
  const what = `${status ?? 'no answer'} ${codeOf(cause) ?? ''}`.trim();
  if (CONFLICTS.has(status)) return new ConflictError(`A row of ${table} changed meanwhile (${what})`, { cause });
  return new StorageError(`Table ${table} could not be used (${what})`, { cause, isTransient: isTransient(status) });
}

const isTransient = (status: number | undefined): boolean =>
  status === undefined || status === 408 || status === 429 || status >= 500;
