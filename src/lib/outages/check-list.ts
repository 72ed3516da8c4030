import { List, type ListRow, type ListType, type Reading } from '../lists/list.ts';
import type { Ids } from '../rules/calls/ids.ts';
import type { ListCheck } from '../rules/outages/list-check.ts';
import { MAX_REJECTIONS } from '../rules/outages/list-parts.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { countPerson, nobodyCounted } from '../rules/outages/people-counts.ts';
import type { RejectedRow } from '../rules/outages/rejected-row.ts';
import { shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { MAX_KEPT } from '../storage/rejected-rows.ts';
import { numberRulesOf } from './number-rules.ts';

/** People who are shown as they were understood. */
const FIRST_ROWS = 10;

type Found = Extract<ListRow, { readonly contact: unknown }>;

/** What a check found: the answer, and the first rejected rows with their cells. */
export type Checked = { readonly check: ListCheck; readonly rejected: readonly RejectedRow[] };

/**
 * Reads a list as an import would, and stores nothing. Keeps the ids of the list in memory, and as many
 * rejected rows as an import. One
 * request for each thousand people on the outage's list and for each thousand opt-outs.
 * @throws InvalidInputError if the list cannot be read.
 */
export async function checkList(
  services: Services,
  outage: Outage,
  bytes: AsyncIterable<Uint8Array>,
  type: ListType,
  options: Reading = {},
): Promise<Checked> {
  const list = new List({ ...options, isCheck: true, ...numberRulesOf(services, outage) });
  const work = new Check(services.ids, outage, await idsOf(services, outage), await services.optOuts.ids());
  for await (const row of list.rows(bytes, type)) {
    if (list.unclear.length === 0) work.add(row);
    else if (list.isSampled) break;
  }
  const assumed = outage.quietHours?.timeZone;
  const { timeZones, ...rest } = work.counts;
  const unclear = list.unclear.length > 0 && { unclear: [...list.unclear] };
  const columns = [...list.sample];
  const check = { ...rest, columns, ...unclear, timeZones: { ...timeZones, ...(assumed && { assumed }) } };
  return { check, rejected: work.rejectedRows };
}

async function idsOf({ recipients }: Services, outage: Outage): Promise<ReadonlySet<string>> {
  const shards = await Promise.all(shardsOf(outage).map((shard) => recipients.ids(shard)));
  return new Set(shards.flatMap((ids) => [...ids]));
}

class Check {
  readonly #ids: Ids;
  readonly #outage: Outage;
  readonly #there: ReadonlySet<string>;
  readonly #optedOut: ReadonlySet<string>;
  /** The line that names each person first. */
  readonly #lines = new Map<string, number>();
  readonly rejectedRows: RejectedRow[] = [];
  readonly counts: Omit<ListCheck, 'columns'> = {
    wouldBeAdded: 0,
    alreadyThere: 0,
    duplicates: 0,
    optedOut: 0,
    rejected: 0,
    duplicateRows: [],
    rejections: [],
    ...nobodyCounted(),
    firstRows: [],
  };

  constructor(ids: Ids, outage: Outage, there: ReadonlySet<string>, optedOut: ReadonlySet<string>) {
    this.#ids = ids;
    this.#outage = outage;
    this.#there = there;
    this.#optedOut = optedOut;
  }

  add(row: ListRow): void {
    if ('contact' in row) this.#person(row);
    else this.#rejected(row.line, row.problem, row.cells);
  }

  #rejected(line: number, reason: string, cells: readonly string[]): void {
    this.counts.rejected++;
    if (this.rejectedRows.length < MAX_KEPT) this.rejectedRows.push({ line, reason, cells: [...cells] });
    if (this.counts.rejections.length < MAX_REJECTIONS) this.counts.rejections.push({ line, reason });
  }

  #person(row: Found): void {
    const { counts } = this;
    const { identifier } = row.contact;
    const id = this.#ids.recipientIdOf(this.#outage, identifier);
    const first = this.#lines.get(id);
    if (first !== undefined) {
      counts.duplicates++;
      if (counts.duplicateRows.length < MAX_REJECTIONS) counts.duplicateRows.push({ line: row.line, first });
      return;
    }
    this.#lines.set(id, row.line);
    if (this.#there.has(id)) counts.alreadyThere++;
    else counts.wouldBeAdded++;
    if (this.#optedOut.has(this.#ids.numberIdOf(identifier))) counts.optedOut++;
    this.#describe(row);
  }

  #describe({ line, contact, number }: Found): void {
    const { firstRows } = this.counts;
    countPerson(this.counts, contact, number);
    const { identifier, name, timeZone, language, extra: own = {} } = contact;
    if (firstRows.length >= FIRST_ROWS) return;
    const phone = identifier.phoneNumber?.value;
    const communicationUserId = identifier.communicationUser?.id;
    firstRows.push({ line, phone, communicationUserId, name, timeZone, language, own });
  }
}
