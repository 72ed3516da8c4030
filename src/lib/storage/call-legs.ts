import { z } from 'zod';
import type { CallEvent } from '../call-automation/events.ts';
import { CallAction } from '../rules/calls/actions.ts';
import { identityOfEvent } from '../rules/calls/event-identity.ts';
import { CallLeg } from '../rules/calls/leg.ts';
import { changed, fromColumns, newColumns, toColumns, wholeColumns } from './columns.ts';
import { Hints } from './hints.ts';
import { QUEUES, type QueueName } from './queue-store.ts';
import { readable } from './set-aside.ts';
import { ANY, type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** A call leg as read, with the ETag that a change needs. */
export type StoredLeg = { readonly leg: CallLeg; readonly etag: string };

/** A recorded event, with the actions that it led to. If it is delivered again, the same actions are enqueued again. */
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
  /** The queue that the action was requested on. */
  action: z.enum(QUEUES),
  at: z.string(),
  /** `asked`: claimed; the service is being asked. `superseded`: not done, which is not a failure. */
  status: z.enum(['asked', 'done', 'superseded']),
  reason: z.string().optional(),
});
export type ActionRow = z.infer<typeof ActionRow>;

/** An action as read, with the ETag that a change needs. */
export type StoredAction = { readonly action: ActionRow; readonly etag: string };

/** What storage knows about a call that may be live. */
export type Examined = {
  readonly stored: StoredLeg | undefined;
  readonly isGone: boolean;
  readonly isAudioAccepted: boolean;
};

export type Timeline = { leg: CallLeg | undefined; events: EventRow[]; actions: ActionRow[] };

/**
 * Call legs. Each is a partition, with the row `leg`, one row per event (key: the event's identity) and one row per
 * action (key: the operation context).
 */
export class CallLegs {
  readonly #tables: TableStore;
  readonly #keyed: (text: string) => string;
  readonly #hints: Hints<StoredLeg>;

  /** @param keyed makes keyed digests, for the keys of events that name a number. */
  constructor(tables: TableStore, keyed: (text: string) => string, hints = new Hints<StoredLeg>()) {
    this.#tables = tables;
    this.#keyed = keyed;
    this.#hints = hints;
  }

  async find(callLegId: string): Promise<StoredLeg | undefined> {
    const row = await this.#tables.get(TABLE, partition(callLegId), LEG);
    return this.#hints.read(callLegId, row && { leg: fromColumns(CallLeg, row.columns), etag: row.etag });
  }

  /** The leg as this instance knows it, without a request. It may have changed: use it only for a write that checks its ETag. */
  hint(callLegId: string): StoredLeg | undefined {
    return this.#hints.get(callLegId);
  }

  /**
   * Reads what tells whether the call is still live. One request.
   * @returns its leg; `isGone`: a hang-up found that the service does not know the call, and no event of the call came
   * after that; `isAudioAccepted`: the service accepted the request for the audio that was playing.
   */
  async examine(callLegId: string): Promise<Examined> {
    const rows = await this.#tables.query(TABLE, partition(callLegId), startingWith(''), Number.POSITIVE_INFINITY);
    const row = rows.find(({ rowKey }) => rowKey === LEG);
    const leg = row && toLeg(row);
    const actions = those(rows, ActionRow, 'action|');
    const isGone = actions.some(
      ({ action, status, at }) => action === 'hang-up' && status === 'superseded' && at >= (leg?.updatedAt ?? ''),
    );
    const isAudioAccepted = actions.some(
      ({ operationContext, status }) => operationContext === leg?.audio && status === 'done',
    );
    return { stored: row && leg && { leg, etag: row.etag }, isGone, isAudioAccepted };
  }

  /** Writes a change of the leg that no event reported. @returns false if the leg has changed since it was read. */
  async save(before: StoredLeg | undefined, leg: CallLeg): Promise<boolean> {
    return this.#commit(leg.callLegId, legWrite(before, leg));
  }

  /**
   * Records an event and the changed leg in one transaction.
   * @returns false if the event was recorded before, or the leg has changed since it was read; `actionsOf` tells which.
   */
  async record(
    before: StoredLeg | undefined,
    event: CallEvent,
    after: CallLeg,
    actions: readonly CallAction[],
    now: Date,
  ): Promise<boolean> {
    const columns = newColumns(eventRow(event, actions, now));
    const insertion: Write = { kind: 'insert', rowKey: this.#eventKey(event), columns };
    const writes = [insertion, legWrite(before, after)];
    const etags = await tryCommit(this.#tables, TABLE, partition(after.callLegId), writes);
    // After a retry only the first ETag is known; then the next event reads the leg.
    if (etags) this.#hints.wrote(after.callLegId, { leg: after, etag: etags[1] ?? '' });
    return etags !== undefined;
  }

  /** Records an event without a known leg. */
  async keep(name: string, event: CallEvent, now: Date): Promise<void> {
    await this.#tables.commit(TABLE, partition(name), [
      { kind: 'upsert', rowKey: this.#eventKey(event), columns: newColumns(eventRow(event, [], now)) },
    ]);
  }

  /** The actions that an event led to; undefined if the event is not recorded. */
  async actionsOf(callLegId: string, event: CallEvent): Promise<readonly CallAction[] | undefined> {
    const row = await this.#tables.get(TABLE, partition(callLegId), this.#eventKey(event));
    return row && fromColumns(EventRow, row.columns).actions;
  }

  /** @param address the id of a call leg or a conversation. @returns false if the action was claimed before. */
  async claimAction(address: string, operationContext: string, action: QueueName, now: Date): Promise<boolean> {
    const row: ActionRow = { operationContext, action, at: now.toISOString(), status: 'asked' };
    return this.#commit(address, { kind: 'insert', rowKey: actionKey(operationContext), columns: newColumns(row) });
  }

  async findAction(address: string, operationContext: string): Promise<StoredAction | undefined> {
    const row = await this.#tables.get(TABLE, partition(address), actionKey(operationContext));
    return row && { action: fromColumns(ActionRow, row.columns), etag: row.etag };
  }

  /** True if an event of the call names this action: the service did it, or tried to. One request. */
  async isReported(callLegId: string, operationContext: string): Promise<boolean> {
    const range = startingWith('event|');
    const rows = await this.#tables.query(TABLE, partition(callLegId), range, Number.POSITIVE_INFINITY);
    return those(rows, EventRow, 'event|').some(({ data }) => data['operationContext'] === operationContext);
  }

  /** Takes over an abandoned claim. @returns false if somebody else was first. */
  async reclaimAction(address: string, { action, etag }: StoredAction, now: Date): Promise<boolean> {
    const columns = changed(action, { ...action, at: now.toISOString() });
    return this.#commit(address, { kind: 'merge', rowKey: actionKey(action.operationContext), columns, etag });
  }

  /** Gives up a claim, because the service did not do the action: it may be claimed again. */
  async releaseAction(address: string, operationContext: string): Promise<void> {
    await this.#commit(address, { kind: 'delete', rowKey: actionKey(operationContext) });
  }

  /** Records the result of a claimed action. */
  async settleAction(
    address: string,
    operationContext: string,
    outcome: Pick<ActionRow, 'status' | 'reason'>,
  ): Promise<void> {
    const columns = toColumns(outcome);
    await this.#commit(address, { kind: 'merge', rowKey: actionKey(operationContext), columns, etag: ANY });
  }

  /** Records an action that needed no claim, with its result. */
  async keepAction(address: string, action: ActionRow): Promise<void> {
    await this.#commit(address, {
      kind: 'upsert',
      rowKey: actionKey(action.operationContext),
      columns: wholeColumns(ActionRow, action),
    });
  }

  #eventKey(event: CallEvent): string {
    return `event|${identityOfEvent(event, this.#keyed)}`;
  }

  async #commit(address: string, ...writes: readonly Write[]): Promise<boolean> {
    return (await tryCommit(this.#tables, TABLE, partition(address), writes)) !== undefined;
  }

  /** The leg, events and actions of a call; events and actions each in order of time. */
  async timeline(callLegId: string): Promise<Timeline> {
    const rows = await this.#tables.query(TABLE, partition(callLegId), startingWith(''), Number.POSITIVE_INFINITY);
    return {
      leg: rows.filter(({ rowKey }) => rowKey === LEG).map(toLeg)[0],
      events: those(rows, EventRow, 'event|').sort(by(({ receivedAt }) => receivedAt)),
      actions: those(rows, ActionRow, 'action|').sort(by(({ at }) => at)),
    };
  }
}

const legWrite = (before: StoredLeg | undefined, leg: CallLeg): Write =>
  before
    ? { kind: 'merge', rowKey: LEG, columns: changed(before.leg, leg), etag: before.etag }
    : { kind: 'insert', rowKey: LEG, columns: newColumns(leg) };

const eventRow = ({ type, occurredAt, data }: CallEvent, actions: readonly CallAction[], now: Date): EventRow => ({
  type,
  occurredAt,
  receivedAt: now.toISOString(),
  data,
  actions: [...actions],
});

export const LEGS_TABLE = 'CallLegs';
const TABLE = LEGS_TABLE;
const LEG = 'leg';
const actionKey = (operationContext: string): string => `action|${safe(operationContext)}`;
const partition = safe;
/** The partition of a leg, or of events that name none. */
export const legPartition = safe;
const those = <Schema extends z.ZodType<object>>(
  rows: readonly StoredRow[],
  schema: Schema,
  prefix: string,
): z.infer<Schema>[] =>
  readable(
    TABLE,
    '',
    rows.filter(({ rowKey }) => rowKey.startsWith(prefix)),
    (row) => fromColumns(schema, row.columns),
  );
const toLeg = ({ columns }: StoredRow): CallLeg => fromColumns(CallLeg, columns);
const by =
  <Item>(key: (item: Item) => string) =>
  (a: Item, b: Item): number =>
    key(a).localeCompare(key(b));

/** Keys may not hold `/ \ # ?` or control characters (platform docs: Understanding the Table service data model). */
function safe(id: string): string {
  return encodeURIComponent(id).replaceAll('!', '%21').replaceAll('%', '!');
}
