import { z } from 'zod';
import { CallScript } from '../calls/script.ts';
import { ConflictError } from '../errors.ts';
import { HeldLine } from '../outages/recipient.ts';
import { fromColumns, toColumns } from './columns.ts';
import { ANY, type TableStore } from './table-store.ts';

/** A call that somebody asked for by hand: claimed before it is placed, so that one request is dialled once. */
const CallRequest = z.object({
  script: CallScript.optional(),
  line: HeldLine.optional(),
  /** The call, once the service or its first event has named it. */
  callLegId: z.string().optional(),
  claimedAt: z.string(),
});
export type CallRequest = z.infer<typeof CallRequest>;

export class CallRequests {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** @returns false if the request was claimed before. */
  async claim(requestId: string, request: CallRequest): Promise<boolean> {
    try {
      await this.#tables.commit(TABLE, partition(requestId), [
        { kind: 'insert', rowKey: ROW, columns: toColumns(request) },
      ]);
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  async bind(requestId: string, call: Pick<CallRequest, 'callLegId' | 'line'>): Promise<void> {
    const columns = toColumns(call);
    await this.#tables.commit(TABLE, partition(requestId), [{ kind: 'merge', rowKey: ROW, columns, etag: ANY }]);
  }

  /** The call was not placed: the request may be made again. */
  async release(requestId: string): Promise<void> {
    await this.#tables.commit(TABLE, partition(requestId), [{ kind: 'delete', rowKey: ROW }]);
  }

  async find(requestId: string): Promise<CallRequest | undefined> {
    const row = await this.#tables.get(TABLE, partition(requestId), ROW);
    return row && fromColumns(CallRequest, row.columns);
  }
}

const TABLE = 'CallLegs';
const ROW = 'request';
const partition = (requestId: string): string => `request ${requestId}`;
