import { z } from 'zod';
import { NotAllowedError, NotFoundError } from '../../src/lib/base/errors.ts';
import { mustAllow } from '../../src/lib/outages/change-outage.ts';
import { importRecipients } from '../../src/lib/outages/import.ts';
import { addPerson, correctPerson, removePerson } from '../../src/lib/outages/people.ts';
import type { RecipientId } from '../../src/lib/rules/calls/ids.ts';
import type { Services } from '../../src/lib/services/services.ts';
import type { Columns } from '../../src/lib/storage/table-store.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import type { Facts, Rule } from './checks.ts';
import { resultsIn } from './counts.ts';
import type { Invocation } from './process.ts';
import type { Random } from './random.ts';
import type { RowChange } from './stores.ts';

/** People add to a list, replace it, correct it and take from it while calls run. */

/** What somebody does with the list of an outage. People are named by their numbers. */
export type ListChange = { readonly afterMs: number; readonly outageId: string } & (
  | { readonly what: 'addPerson' | 'removePerson' | 'correctName'; readonly who: string }
  | { readonly what: 'correctNumber'; readonly who: string; readonly to: string }
  | { readonly what: 'replaceList'; readonly who: readonly string[] }
);

const idOf = (number: string): RecipientId => recipientIdOf({ phoneNumber: { value: number } });

/**
 * Does it; ignores that the state of the outage or of the person does not allow it.
 * @returns true if it is done.
 */
export async function changeList(services: Services, change: ListChange): Promise<boolean> {
  try {
    await doIt(services, change);
    return true;
  } catch (error) {
    if (!(error instanceof NotAllowedError || error instanceof NotFoundError)) throw error;
    return false;
  }
}

async function doIt(services: Services, change: ListChange): Promise<unknown> {
  const stored = await services.outages.read(change.outageId);
  switch (change.what) {
    case 'addPerson':
      mustAllow(stored.outage, 'upload');
      return addPerson(services, stored, { phone: change.who });
    case 'removePerson':
      return removePerson(services, stored.outage, idOf(change.who));
    case 'correctName':
      return correctPerson(services, stored, idOf(change.who), { name: `Called at ${change.afterMs}` });
    case 'correctNumber':
      return correctPerson(services, stored, idOf(change.who), { phone: change.to });
    case 'replaceList': {
      mustAllow(stored.outage, 'upload');
      const list = Buffer.from(change.who.map((phone) => `${JSON.stringify({ phone })}\n`).join(''));
      return importRecipients(services, stored, piecesOf(list), 'application/x-ndjson', { mode: 'replace' });
    }
  }
}

async function* piecesOf(list: Uint8Array): AsyncIterable<Uint8Array> {
  yield list;
}

/**
 * In one world of five somebody changes lists, mostly while the first calls run.
 * @param people the numbers on the list of each outage, by its id.
 * @param fresh makes a number that is on no list.
 */
export function drawListChanges(
  random: Random,
  people: ReadonlyMap<string, readonly string[]>,
  fresh: () => string,
): ListChange[] {
  if (!random.chance(0.2)) return [];
  return [...people].flatMap(([outageId, numbers]) =>
    Array.from({ length: random.int(1, 6) }, (): ListChange => {
      const when = { afterMs: random.int(0, random.pick([20, 120, 600])) * 1000, outageId };
      const who = numbers[random.int(0, numbers.length - 1)] ?? fresh();
      const what = random.weighted<ListChange['what']>([
        ['correctNumber', 4],
        ['removePerson', 2],
        ['addPerson', 2],
        ['correctName', 2],
        ['replaceList', 1],
      ]);
      switch (what) {
        case 'addPerson':
          return { ...when, what, who: fresh() };
        case 'correctNumber':
          return { ...when, what, who, to: fresh() };
        case 'replaceList':
          return { ...when, what, who: [...numbers.filter(() => random.chance(0.6)), fresh()] };
        default:
          return { ...when, what, who };
      }
    }),
  );
}

/** The name of a run that does it: the changes of a world are numbered. */
export const runOf = (change: ListChange, index: number): string => `${change.what} ${index}`;
const NAMED = /(?:removePerson|replaceList|correctNumber) (\d+)$/;

const Standing = z.object({ phase: z.string(), attempt: z.number() });

/** The promises to people who change a list, and to the people on it. */
export class ListChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;
  /** Who was taken off, by outage and id. */
  readonly #takenOff = new Set<string>();
  /** Who was put on a list again after that. */
  readonly #putBack = new Set<string>();
  readonly #done: ListChange[] = [];

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  /** Only people who were not called yet are taken off, and only if somebody asks for it. */
  recipientChanged({ partition, rowKey, before, after }: RowChange, by: Invocation | undefined): void {
    const id = rowKey.slice(RECIPIENT.length);
    const name = nameIn(partition, id);
    if (after && this.#takenOff.delete(name)) this.#putBack.add(name);
    if (!before || after) return;
    this.#takenOff.add(name);
    const { phase, attempt } = Standing.parse(before);
    const isCalled = phase !== 'waiting' || attempt > 0 || resultsIn(before).length > 0;
    const [, index] = NAMED.exec(by?.name ?? '') ?? [];
    const change = this.#facts.scenario.listChanges?.[Number(index)];
    if (isCalled || !change)
      this.#fail('a change of a list is what was asked for', `${by?.name} deleted ${id}: ${phase}, attempt ${attempt}`);
    if (change?.what === 'correctNumber' && id === idOf(change.who) && !this.#rowOf(change.outageId, change.to))
      this.#fail('nobody is lost', `${by?.name} deleted ${id}, and ${change.to} is not on the list`);
  }

  /** Nobody is called who was taken off. */
  isToBePlaced(outageId: string, recipientId: string, by: Invocation): void {
    if (this.#takenOff.has(`${outageId}|${recipientId}`))
      this.#fail('a change of a list is what was asked for', `${by.name} calls ${recipientId}, who was taken off`);
  }

  /** The change has succeeded, as the client was told. */
  isDone(change: ListChange): void {
    this.#done.push(change);
    const stays = change.what === 'correctNumber' || change.what === 'removePerson' ? change.who : undefined;
    if (stays === undefined || this.#putBack.has(`${change.outageId}|${idOf(stays)}`)) return;
    const row = this.#rowOf(change.outageId, stays);
    if (row && row['phase'] !== 'done')
      this.#fail('a change of a list is what was asked for', `${change.what}: ${stays} is ${row['phase']} after it`);
  }

  /** Who was put on a list is on it, unless somebody took them off. */
  atEnd(): void {
    for (const change of this.#done) {
      for (const number of putOn(change)) {
        const name = `${change.outageId}|${idOf(number)}`;
        if (!this.#rowOf(change.outageId, number) && !this.#takenOff.has(name))
          this.#fail('nobody is lost', `${change.what} put ${number} on the list of ${change.outageId}: not there`);
      }
    }
  }

  #rowOf(outageId: string, number: string): Columns | undefined {
    const { tables } = this.#facts;
    const partitions = [...tables.partitions('Recipients')].filter(([name]) => name.startsWith(`${outageId}|`));
    return partitions.map(([, rows]) => rows.get(RECIPIENT + idOf(number))).find((row) => row !== undefined);
  }
}

const RECIPIENT = 'recipient|';
const nameIn = (partition: string, id: string): string => `${partition.split('|')[0]}|${id}`;

function putOn(change: ListChange): readonly string[] {
  if (change.what === 'correctNumber') return [change.to];
  if (change.what === 'replaceList') return change.who;
  return change.what === 'addPerson' ? [change.who] : [];
}
