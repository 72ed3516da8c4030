import { z } from 'zod';
import { JoinCall, StartRequestedCall } from '../rules/calls/actions.ts';
import { SafeId } from '../rules/calls/purpose.ts';
import { HeldLine } from '../rules/outages/recipient.ts';
import { fromColumns, toColumns } from './columns.ts';
import type { TableStore, Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/**
 * A call that somebody asked for by hand; claimed before it is placed, so that one request is dialled once.
 * `waiting`  for a free line, or for patience that the service asked for.
 * `dialling` the service has been, or is being, asked to call.
 * `done`     its call is over, or nobody knows whether there ever was one.
 */
export const CallRequest = z.object({
  requestId: SafeId,
  /** As it was enqueued, and where, so that it can be sent again. */
  queue: z.enum(['start-call', 'join-call']),
  message: z.union([StartRequestedCall, JoinCall]),
  phase: z.enum(['waiting', 'dialling', 'done']),
  /** Key of the request's one due row; none once it is done. */
  dueRow: z.string().optional(),
  line: HeldLine.optional(),
  /** The call, once the service or its first event has named it. */
  callLegId: z.string().optional(),
  isEnding: z.boolean().optional(),
  /** When it was claimed, and the service first asked. */
  askedAt: z.string().optional(),
});
export type CallRequest = z.infer<typeof CallRequest>;

/** A request as read, with what it takes to change it. */
export type StoredRequest = { readonly request: CallRequest; readonly etag: string };

/** The row by which a request is found when it must be looked at. */
export type RequestDue = { readonly rowKey: string; readonly requestId: string };

/**
 * Requests and their due rows, like those of recipients: `request|<id>` and, until it is done, `due|<time>|<id>`, in one small
 * partition. Whatever happens to a message or to a process, the timer looks again.
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

  /** The due rows of requests whose time has come. One request to storage. */
  async due(now: Date): Promise<RequestDue[]> {
    const range = { from: DUE, to: `${DUE}${now.toISOString()}~` };
    const rows = await this.#tables.query(TABLE, PARTITION, range, MAX_DUE);
    return rows.map(({ rowKey, columns }) => ({ rowKey, requestId: String(columns['requestId']) }));
  }

  /**
   * Writes a request's change and moves its due row, in one transaction.
   * @param before undefined for a new request.
   * @param due when it is to be looked at again; undefined once it is done.
   * @returns the request as it is now; undefined if somebody else changed it first.
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
    const columns = toColumns(after);
    const writes: Write[] = [
      before ? { kind: 'replace', rowKey, columns, etag: before.etag } : { kind: 'insert', rowKey, columns },
    ];
    if (oldKey !== newKey) {
      if (oldKey) writes.push({ kind: 'delete', rowKey: oldKey });
      if (newKey) writes.push({ kind: 'insert', rowKey: newKey, columns: { requestId } });
    }
    const etags = await tryCommit(this.#tables, TABLE, PARTITION, writes);
    return etags && { request: after, etag: etags[0] ?? '' };
  }

  /** The call was refused: the request may be made again. */
  async release({ request: { requestId, dueRow } }: StoredRequest): Promise<void> {
    const keys = [requestKey(requestId), ...(dueRow ? [dueRow] : [])];
    const writes = keys.map((rowKey): Write => ({ kind: 'delete', rowKey }));
    await tryCommit(this.#tables, TABLE, PARTITION, writes);
  }
}

const TABLE = 'Requests';
const PARTITION = 'requests';
const DUE = 'due|';
/** So many are looked at a tick; the rest has its turn at the next. */
const MAX_DUE = 100;
const requestKey = (requestId: string): string => `request|${requestId}`;
/** When the request is looked at next; an invalid date once it is done. */
export const dueTimeOf = ({ dueRow = '' }: CallRequest): Date => new Date(dueRow.split('|')[1] ?? '');
const dueKey = (at: Date, requestId: string): string => `${DUE}${at.toISOString()}|${requestId}`;
