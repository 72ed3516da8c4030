import { eachOf } from '../base/each-of.ts';
import { List, type ListRow, type ListType, type Reading } from '../lists/list.ts';
import type { ImportReport } from '../rules/outages/import-report.ts';
import { MAX_REJECTIONS } from '../rules/outages/list-parts.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import { newRecipient, type Recipient } from '../rules/outages/recipient.ts';
import type { ListPlace, RejectedRow } from '../rules/outages/rejected-row.ts';
import { type Shard, shardOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import { MAX_ADDED } from '../storage/recipients.ts';
import { MAX_KEPT } from '../storage/rejected-rows.ts';
import { numberRulesOf } from './number-rules.ts';
import { OpenList } from './open-list.ts';
import { removeOthers } from './replace-list.ts';

/** Concurrent transactions. The rest of the list waits unread. */
const COMMITS = 16;

/** How a list is read, whether others are taken off the outage's list, and of which list it is a part. */
type ImportOptions = Reading & {
  readonly mode?: 'add' | 'replace' | undefined;
  readonly part?: ListPlace | undefined;
};

/** Recipients of one shard, without this list's duplicates; at most one transaction. */
type Batch = { readonly shard: Shard; readonly people: readonly Recipient[] };

/**
 * Adds the recipients of a list to an outage while the list arrives. A row needs `phone` (in any usual form) or
 * `communicationUserId`. Invalid rows do not affect valid ones. Idempotent. Keeps the ids of the list in memory, and
 * the rows of a few transactions. Costs one request for 49 recipients; if some are already there, one more for each
 * thousand of them; and two to keep the outage open meanwhile. If it dies, those who were added are called.
 * @throws InvalidInputError if the rest of the list cannot be read. Earlier rows may have been added: send the list
 * again.
 */
export async function importRecipients(
  services: Services,
  stored: StoredOutage,
  list: AsyncIterable<Uint8Array>,
  type: ListType,
  { mode, part, ...options }: ImportOptions = {},
): Promise<ImportReport> {
  const openList = new OpenList(services, stored);
  const reading = new List({ ...options, ...numberRulesOf(services, stored.outage) });
  const work = new Import(services, stored.outage, openList, part);
  try {
    await eachOf(work.batches(reading.rows(list, type)), COMMITS, (batch) => work.add(batch));
  } finally {
    await openList.release(reading.ownColumns);
    await work.keepRejected(reading.columns.map(({ column }) => column));
  }
  const removed = mode === 'replace' ? await removeOthers(services, stored.outage, work.ids) : undefined;
  return { ...work.report, ...(removed !== undefined && { removed }), columns: [...reading.columns] };
}

class Import {
  readonly #services: Services;
  readonly #outage: Outage;
  readonly #openList: OpenList;
  readonly #part: ListPlace;
  readonly #seen = new Set<string>();
  /** Ids already on the outage's list, by number of the shard; read only if needed. */
  readonly #known = new Map<number, Promise<ReadonlySet<string>>>();
  readonly #counts = { added: 0, alreadyThere: 0, duplicates: 0, rejected: 0 };
  readonly #rejections: ImportReport['rejections'] = [];
  readonly #rejected: RejectedRow[] = [];

  constructor(services: Services, outage: Outage, openList: OpenList, part: ListPlace = { linesBefore: 0 }) {
    this.#services = services;
    this.#part = part;
    this.#outage = outage;
    this.#openList = openList;
  }

  /** Everybody whom the list names. */
  get ids(): ReadonlySet<string> {
    return this.#seen;
  }

  get report(): Omit<ImportReport, 'columns'> {
    return { ...this.#counts, rejections: this.#rejections };
  }

  /** Yields the rows' recipients in batches, each once. If reading fails, yields those read so far, then throws. */
  async *batches(rows: AsyncIterable<ListRow>): AsyncGenerator<Batch> {
    const waiting = new Map<number, Batch>();
    const broken: unknown[] = [];
    try {
      for await (const row of rows) {
        const recipient = this.#recipientIn(row);
        if (!recipient) continue;
        const shard = shardOf(this.#outage, recipient.recipientId);
        const batch = { shard, people: [...(waiting.get(shard.shard)?.people ?? []), recipient] };
        waiting.set(shard.shard, batch);
        if (batch.people.length < MAX_ADDED) continue;
        waiting.delete(shard.shard);
        yield batch;
      }
    } catch (error) {
      broken.push(error);
    }
    yield* waiting.values();
    for (const error of broken) throw error;
  }

  #recipientIn(row: ListRow): Recipient | undefined {
    if ('problem' in row) {
      const line = row.line + this.#part.linesBefore;
      const reason = row.problem;
      this.#counts.rejected++;
      if (this.#rejections.length < MAX_REJECTIONS) this.#rejections.push({ line, reason });
      if (this.#rejected.length < MAX_KEPT) this.#rejected.push({ line, reason, cells: [...row.cells] });
      return undefined;
    }
    const { contact } = row;
    const recipient = newRecipient(this.#services.ids.recipientIdOf(this.#outage, contact.identifier), contact);
    if (this.#seen.has(recipient.recipientId)) {
      this.#counts.duplicates++;
      return undefined;
    }
    this.#seen.add(recipient.recipientId);
    return recipient;
  }

  /** Keeps the rejected rows with the outage, to be corrected and sent again. */
  async keepRejected(header: readonly string[]): Promise<void> {
    if (this.#rejected.length === 0) return;
    const { rejectedRows, now } = this.#services;
    await rejectedRows.keep(this.#outage.id, { header, rows: this.#rejected }, now(), this.#part.list);
  }

  async add({ shard, people }: Batch): Promise<void> {
    await this.#openList.hold();
    const added = await this.#added(shard, people);
    this.#counts.added += added;
    this.#counts.alreadyThere += people.length - added;
  }

  async #added(shard: Shard, people: readonly Recipient[]): Promise<number> {
    const { recipients } = this.#services;
    if (!this.#known.has(shard.shard)) {
      if (people.length < MAX_ADDED) return recipients.add(shard, people, this.#dueAt);
      if (await recipients.addAtOnce(shard, people, this.#dueAt)) return people.length;
    }
    // If one recipient is already on the list, more are likely. Reading the ids costs less than one conflict for each.
    const known = this.#known.get(shard.shard) ?? recipients.ids(shard);
    this.#known.set(shard.shard, known);
    const there = await known;
    const others = people.filter(({ recipientId }) => !there.has(recipientId));
    return recipients.add(shard, others, this.#dueAt);
  }

  readonly #dueAt = ({ timeZone }: Recipient): Date => {
    const { startAt, createdAt, quietHours } = this.#outage;
    return callableFrom(new Date(startAt ?? createdAt), quietHours, timeZone);
  };
}
