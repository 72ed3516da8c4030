import { z } from 'zod';
import { JoinCall, StartRequestedCall } from '../rules/calls/actions.ts';
import { SafeId } from '../rules/calls/ids.ts';
import { HeldLine } from '../rules/outages/recipient.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import { readable } from './set-aside.ts';
import { type Columns, type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/**
 * A call that was requested by hand. It is claimed before it is placed, so that one request places one call.
 * `waiting`  for a free line, or for the time that the service asked to wait.
 * `dialling` the service was asked to call, or is being asked.
 * `done`     the call is over, or it is not known whether there was one.
 */
export const CallRequest = z.object({
  requestId: SafeId,
  /** The queue and the message of the request, so that it can be sent again. */
  queue: z.enum(['start-call', 'join-call']),
  message: z.union([StartRequestedCall, JoinCall]),
  phase: z.enum(['waiting', 'dialling', 'done']),
  /** The key of the due row; absent once the request is done. */
  dueRow: z.string().optional(),
  line: HeldLine.optional(),
  /** Which line it waits for, if it does (rules/outages/fair-share.ts). */
  waitsFor: z.string().optional(),
  /** The call, once the service's answer or the first event has named it. */
  callLegId: z.string().optional(),
  isEnding: z.boolean().optional(),
  /** When the request was claimed and the service was first asked. */
  askedAt: z.string().optional(),
});
export type CallRequest = z.infer<typeof CallRequest>;

/** A request as read, with the ETag that a change needs. */
export type StoredRequest = { readonly request: CallRequest; readonly etag: string };

/** The row that says when a request must be looked at. */
export type RequestDue = {
  readonly rowKey: string;
  readonly requestId: string;
  readonly at: Date;
  /** The name on the line that the request holds. */
  readonly holder?: string | undefined;
  readonly waitsFor?: string | undefined;
};

/**
 * Requests and their due rows, in one small partition: `request|<id>` and, until the request is done,
 * `due|<time>|<id>`. The timer reads the due rows, so no request is lost with a message or a process.
 */
export class CallRequests {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  async find(requestId: string): Promise<StoredRequest | undefined> {
    const row = await this.#tables.get(TABLE, PARTITION, requestKey(requestId));
    return row && { request: fromColumns(CallRequest, row.columns), etag: row.etag };
  }

  /** All requests that can be read. One request to storage for each thousand. */
  async list(): Promise<StoredRequest[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith(REQUEST), Number.POSITIVE_INFINITY);
    return readable(TABLE, PARTITION, rows, ({ columns, etag }) => ({
      request: fromColumns(CallRequest, columns),
      etag,
    }));
  }

  /** The due rows of all requests that are not done, in order of time. One request to storage for each thousand. */
  async due(): Promise<RequestDue[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith(DUE), Number.POSITIVE_INFINITY);
    return rows.map(toRequestDue);
  }

  /**
   * Writes a request and moves its due row, in one transaction.
   * @param before undefined for a new request.
   * @param due when to look at the request again; undefined once it is done.
   * @returns the request after the change; undefined if somebody else changed it first.
   */
  async save(
    before: StoredRequest | undefined,
    request: CallRequest,
    due: Date | 'unchanged' | undefined,
  ): Promise<StoredRequest | undefined> {
    const { requestId } = request;
    const oldKey = before?.request.dueRow;
    const newKey = due === 'unchanged' ? oldKey : due && dueKey(due, requestId);
    const after = { ...request, dueRow: newKey };
    const rowKey = requestKey(requestId);
    const writes: Write[] = [
      before
        ? { kind: 'merge', rowKey, columns: changed(before.request, after), etag: before.etag }
        : { kind: 'insert', rowKey, columns: newColumns(after) },
    ];
    if (oldKey !== newKey) {
      if (oldKey) writes.push({ kind: 'delete', rowKey: oldKey });
      if (newKey) writes.push({ kind: 'insert', rowKey: newKey, columns: newColumns(dueColumns(after)) });
    }
    const etags = await tryCommit(this.#tables, TABLE, PARTITION, writes);
    return etags && { request: after, etag: etags[0] ?? '' };
  }

  /** Deletes a request whose call was refused: it may be made again. */
  async release({ request: { requestId, dueRow } }: StoredRequest): Promise<void> {
    const keys = [requestKey(requestId), ...(dueRow ? [dueRow] : [])];
    const writes = keys.map((rowKey): Write => ({ kind: 'delete', rowKey }));
    await tryCommit(this.#tables, TABLE, PARTITION, writes);
  }
}

export const REQUESTS_TABLE = 'Requests';
export const REQUESTS_PARTITION = 'requests';
const [TABLE, PARTITION] = [REQUESTS_TABLE, REQUESTS_PARTITION] as const;
const DUE = 'due|';
const REQUEST = 'request|';
export const requestKey = (requestId: string): string => `${REQUEST}${requestId}`;
/** When to look at the request next; an invalid date once it is done. */
export const dueTimeOf = ({ dueRow = '' }: CallRequest): Date => new Date(dueRow.split('|')[1] ?? '');
const dueKey = (at: Date, requestId: string): string => `${DUE}${at.toISOString()}|${requestId}`;
const dueColumns = ({ requestId, line, waitsFor }: CallRequest): Columns => ({
  requestId,
  holder: line?.holder,
  waitsFor,
});

function toRequestDue({ rowKey, columns }: StoredRow): RequestDue {
  const { holder, waitsFor } = columns;
  return {
    rowKey,
    requestId: String(columns['requestId']),
    at: new Date(rowKey.split('|')[1] ?? ''),
    holder: holder === undefined ? undefined : String(holder),
    waitsFor: waitsFor === undefined ? undefined : String(waitsFor),
  };
}
