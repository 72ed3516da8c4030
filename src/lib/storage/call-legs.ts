import { z } from 'zod';
import type { CallEvent } from '../call-automation/events.ts';
import { CallAction } from '../calls/actions.ts';
import { identityOfEvent } from '../calls/event-identity.ts';
import { CallLeg } from '../calls/leg.ts';
import { ConflictError } from '../errors.ts';
import { fromColumns, toColumns } from './columns.ts';
import { ANY, type StoredRow, startingWith, type TableStore } from './table-store.ts';

export type StoredLeg = { readonly leg: CallLeg; readonly etag: string };

/** What an event was recorded with: redelivered, it asks for the same actions again. */
const EventRow = z.object({
  type: z.string(),
  occurredAt: z.string(),
  receivedAt: z.string(),
  data: z.record(z.string(), z.unknown()),
  actions: z.array(CallAction),
});
export type EventRow = z.infer<typeof EventRow>;

const ActionRow = z.object({
  operationContext: z.string(),
  action: z.string(),
  at: z.string(),
  /** `superseded`: the service refused it because the call had moved on. */
  status: z.enum(['asked', 'superseded']),
  reason: z.string().optional(),
});
export type ActionRow = z.infer<typeof ActionRow>;

export type Timeline = { leg: CallLeg | undefined; events: EventRow[]; actions: ActionRow[] };

/**
 * Call legs: a partition each, with the row `leg`, a row an event (its key is the event's identity) and a row an action
 * (its key is the operation context).
 */
export class CallLegs {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  async find(callLegId: string): Promise<StoredLeg | undefined> {
    const row = await this.#tables.get(TABLE, partition(callLegId), LEG);
    return row && { leg: fromColumns(CallLeg, row.columns), etag: row.etag };
  }

  /**
   * Records an event together with what it made of the leg, in one request.
   * @returns false if the event was recorded before, or the leg changed meanwhile: `actionsOf` tells which.
   */
  async record(
    before: StoredLeg | undefined,
    event: CallEvent,
    after: CallLeg,
    actions: readonly CallAction[],
    now: Date,
  ): Promise<boolean> {
    const row = eventRow(event, actions, now);
    const columns = toColumns(after);
    try {
      await this.#tables.commit(TABLE, partition(after.callLegId), [
        { kind: 'insert', rowKey: eventKey(event), columns: toColumns(row) },
        before
          ? { kind: 'replace', rowKey: LEG, columns, etag: before.etag }
          : { kind: 'insert', rowKey: LEG, columns },
      ]);
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  /** Keeps an event that no leg is known for. */
  async keep(name: string, event: CallEvent, now: Date): Promise<void> {
    await this.#tables.commit(TABLE, partition(name), [
      { kind: 'upsert', rowKey: eventKey(event), columns: toColumns(eventRow(event, [], now)) },
    ]);
  }

  /** The actions that an event was recorded with; undefined if it was not. */
  async actionsOf(callLegId: string, event: CallEvent): Promise<readonly CallAction[] | undefined> {
    const row = await this.#tables.get(TABLE, partition(callLegId), eventKey(event));
    return row && fromColumns(EventRow, row.columns).actions;
  }

  /** @returns false if the action was claimed before. `address` is a call leg's id or a conversation's. */
  async claimAction(address: string, operationContext: string, action: string, now: Date): Promise<boolean> {
    const row: ActionRow = { operationContext, action, at: now.toISOString(), status: 'asked' };
    try {
      await this.#tables.commit(TABLE, partition(address), [
        { kind: 'insert', rowKey: actionKey(operationContext), columns: toColumns(row) },
      ]);
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  /** The service did not do it: whoever comes next may ask again. */
  async releaseAction(address: string, operationContext: string): Promise<void> {
    await this.#tables.commit(TABLE, partition(address), [{ kind: 'delete', rowKey: actionKey(operationContext) }]);
  }

  async supersedeAction(address: string, operationContext: string, reason: string): Promise<void> {
    await this.#tables.commit(TABLE, partition(address), [
      { kind: 'merge', rowKey: actionKey(operationContext), columns: { status: 'superseded', reason }, etag: ANY },
    ]);
  }

  /** All that is on record of a call, events and actions each in the order in which they came. */
  async timeline(callLegId: string): Promise<Timeline> {
    const rows = await this.#tables.query(TABLE, partition(callLegId), startingWith(''), MAX_ROWS);
    const those = <Schema extends z.ZodType>(schema: Schema, prefix: string): z.infer<Schema>[] =>
      rows.filter(({ rowKey }) => rowKey.startsWith(prefix)).map((row) => fromColumns(schema, row.columns));
    return {
      leg: rows.filter(({ rowKey }) => rowKey === LEG).map(toLeg)[0],
      events: those(EventRow, 'event|').sort(by(({ receivedAt }) => receivedAt)),
      actions: those(ActionRow, 'action|').sort(by(({ at }) => at)),
    };
  }
}

const eventRow = ({ type, occurredAt, data }: CallEvent, actions: readonly CallAction[], now: Date): EventRow => ({
  type,
  occurredAt,
  receivedAt: now.toISOString(),
  data,
  actions: [...actions],
});

const TABLE = 'CallLegs';
const LEG = 'leg';
const MAX_ROWS = 1000;
const eventKey = (event: CallEvent): string => `event|${identityOfEvent(event)}`;
const actionKey = (operationContext: string): string => `action|${safe(operationContext)}`;
const partition = safe;
const toLeg = ({ columns }: StoredRow): CallLeg => fromColumns(CallLeg, columns);
const by =
  <Item>(key: (item: Item) => string) =>
  (a: Item, b: Item): number =>
    key(a).localeCompare(key(b));

/** Keys may not hold `/ \ # ?` or control characters (platform docs: Understanding the Table service data model). */
function safe(id: string): string {
  return encodeURIComponent(id).replaceAll('!', '%21').replaceAll('%', '!');
}
