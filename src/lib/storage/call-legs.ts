import { z } from 'zod';
import type { CallEvent } from '../call-automation/events.ts';
import { CallAction } from '../rules/calls/actions.ts';
import { identityOfEvent } from '../rules/calls/event-identity.ts';
import { CallLeg } from '../rules/calls/leg.ts';
import { fromColumns, toColumns } from './columns.ts';
import { QUEUES, type QueueName } from './queue-store.ts';
import { ANY, type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

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
  /** The queue that it was asked for by. */
  action: z.enum(QUEUES),
  at: z.string(),
  /** `asked`: claimed by whoever asks the service. `superseded`: not done, for a reason that is no failure. */
  status: z.enum(['asked', 'done', 'superseded']),
  reason: z.string().optional(),
});
export type ActionRow = z.infer<typeof ActionRow>;

/** An action as read, with what it takes to change it. */
export type StoredAction = { readonly action: ActionRow; readonly etag: string };

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
   * All that tells whether the call goes on: its leg, and whether a hang-up has found that the service knows of no such call.
   * One request.
   */
  async examine(callLegId: string): Promise<{ stored: StoredLeg | undefined; isGone: boolean }> {
    const rows = await this.#tables.query(TABLE, partition(callLegId), startingWith(''), MAX_ROWS);
    const row = rows.find(({ rowKey }) => rowKey === LEG);
    const isGone = those(rows, ActionRow, 'action|').some(
      ({ action, status }) => action === 'hang-up' && status === 'superseded',
    );
    return { stored: row && { leg: toLeg(row), etag: row.etag }, isGone };
  }

  /** Writes what was found out of a call, not told by an event. @returns false if something was told of it meanwhile. */
  async save(before: StoredLeg | undefined, leg: CallLeg): Promise<boolean> {
    return this.#commit(leg.callLegId, legWrite(before, leg));
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
    const columns = toColumns(eventRow(event, actions, now));
    const insertion: Write = { kind: 'insert', rowKey: eventKey(event), columns };
    return this.#commit(after.callLegId, insertion, legWrite(before, after));
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
  async claimAction(address: string, operationContext: string, action: QueueName, now: Date): Promise<boolean> {
    const row: ActionRow = { operationContext, action, at: now.toISOString(), status: 'asked' };
    return this.#commit(address, { kind: 'insert', rowKey: actionKey(operationContext), columns: toColumns(row) });
  }

  async findAction(address: string, operationContext: string): Promise<StoredAction | undefined> {
    const row = await this.#tables.get(TABLE, partition(address), actionKey(operationContext));
    return row && { action: fromColumns(ActionRow, row.columns), etag: row.etag };
  }

  /** Takes over a claim that was left behind. @returns false if somebody else was first. */
  async reclaimAction(address: string, { action, etag }: StoredAction, now: Date): Promise<boolean> {
    const columns = toColumns({ ...action, at: now.toISOString() });
    return this.#commit(address, { kind: 'replace', rowKey: actionKey(action.operationContext), columns, etag });
  }

  /** The service did not do it: whoever comes next may ask again. */
  async releaseAction(address: string, operationContext: string): Promise<void> {
    await this.#commit(address, { kind: 'delete', rowKey: actionKey(operationContext) });
  }

  /** What came of an action that was claimed. */
  async settleAction(
    address: string,
    operationContext: string,
    outcome: Pick<ActionRow, 'status' | 'reason'>,
  ): Promise<void> {
    const columns = toColumns(outcome);
    await this.#commit(address, { kind: 'merge', rowKey: actionKey(operationContext), columns, etag: ANY });
  }

  /** Puts on record what came of an action that needed no claim. */
  async keepAction(address: string, action: ActionRow): Promise<void> {
    await this.#commit(address, {
      kind: 'upsert',
      rowKey: actionKey(action.operationContext),
      columns: toColumns(action),
    });
  }

  async #commit(address: string, ...writes: readonly Write[]): Promise<boolean> {
    return (await tryCommit(this.#tables, TABLE, partition(address), writes)) !== undefined;
  }

  /** All that is on record of a call, events and actions each in the order in which they came. */
  async timeline(callLegId: string): Promise<Timeline> {
    const rows = await this.#tables.query(TABLE, partition(callLegId), startingWith(''), MAX_ROWS);
    return {
      leg: rows.filter(({ rowKey }) => rowKey === LEG).map(toLeg)[0],
      events: those(rows, EventRow, 'event|').sort(by(({ receivedAt }) => receivedAt)),
      actions: those(rows, ActionRow, 'action|').sort(by(({ at }) => at)),
    };
  }
}

const legWrite = (before: StoredLeg | undefined, leg: CallLeg): Write =>
  before
    ? { kind: 'replace', rowKey: LEG, columns: toColumns(leg), etag: before.etag }
    : { kind: 'insert', rowKey: LEG, columns: toColumns(leg) };

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
const those = <Schema extends z.ZodType>(
  rows: readonly StoredRow[],
  schema: Schema,
  prefix: string,
): z.infer<Schema>[] =>
  rows.filter(({ rowKey }) => rowKey.startsWith(prefix)).map((row) => fromColumns(schema, row.columns));
const toLeg = ({ columns }: StoredRow): CallLeg => fromColumns(CallLeg, columns);
const by =
  <Item>(key: (item: Item) => string) =>
  (a: Item, b: Item): number =>
    key(a).localeCompare(key(b));

/** Keys may not hold `/ \ # ?` or control characters (platform docs: Understanding the Table service data model). */
function safe(id: string): string {
  return encodeURIComponent(id).replaceAll('!', '%21').replaceAll('%', '!');
}
