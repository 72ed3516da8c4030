import { z } from 'zod';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import { allClearIdOf } from '../../src/lib/rules/outages/outage.ts';
import { endsTheMatter } from '../../src/lib/rules/outages/retry.ts';
import type { Cell, Columns } from '../../src/lib/storage/table-store.ts';
import type { Call } from './call.ts';
import type { Actions, Facts, Rule } from './checks.ts';
import { resultsIn } from './counts.ts';
import { isCalm } from './faults.ts';
import type { Invocation } from './process.ts';
import type { ServiceEvent } from './service.ts';
import type { RowChange } from './stores.ts';

const TOLD: ReadonlySet<string> = new Set(['answered', 'heard', 'connected', 'acknowledged']);
/** Who was told may be known later to have opted out in that call: they stay on the list. */
const isAsItShouldBe = (outcome: Cell | undefined, isInformed: boolean): boolean =>
  isInformed === TOLD.has(String(outcome)) || (isInformed && outcome === 'optedOut');

/** A call that had begun to be placed before the outage was stopped may still be: no longer than that. */
const PLACING_MS = 120_000;
/** So long may an outage be remembered as it was. */
const MEMORY_MS = 20_000;
/** A look of the timer, and a message and what it asks for. */
const HANGING_UP_MS = 15_000;

/** The promises to a person who pauses, cancels, restores or changes an outage. */
export class SteeringChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;
  /** Since when an outage calls nobody: it has not begun, is paused, or was stopped. */
  readonly #silentSince = new Map<string, number>();
  /** What each outage has had its calls say, and since when. */
  readonly #sounds = new Map<string, readonly { readonly since: number; readonly uri: string }[]>();

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  outageChanged({ rowKey, before, after }: RowChange): void {
    const [kind, id = ''] = rowKey.split('|');
    if (kind !== 'outage') return;
    const now = this.#facts.now();
    if (after?.['state'] === 'running') this.#silentSince.delete(id);
    else if (!this.#silentSince.has(id)) this.#silentSince.set(id, now);
    const sounds = this.#sounds.get(id) ?? [];
    const uri = messageIn(after);
    if (sounds.at(-1)?.uri !== uri) this.#sounds.set(id, [...sounds, { since: now, uri }]);
    if (after?.['hangUp'] && !before?.['hangUp']) this.#areHungUp(id);
  }

  /** Its calls end soon: those that the app knew of then, and where nothing goes wrong, or no more. */
  #areHungUp(outageId: string): void {
    const { now, after, calmFrom, scenario, service, tables } = this.#facts;
    if (now() < calmFrom && !isCalm(scenario.faults, scenario.spells)) return;
    const isKnown = ({ id, parts: { purpose } }: Call): boolean => {
      if (purpose.kind !== 'attempt' || purpose.outageId !== outageId) return false;
      const rows = tables.rows('Recipients', `${outageId}|${purpose.shard}`);
      const row = rows.get(`recipient|${purpose.recipientId}`);
      return row?.['callLegId'] === id && row['isEnding'] !== true;
    };
    const calls = service.inFlight.filter(isKnown);
    after(HANGING_UP_MS, () => {
      const call = calls.find(({ endedAt }) => endedAt === undefined);
      if (call) this.#fail('who stops an outage is obeyed', `${call.id} was to be hung up, and goes on`);
    });
  }

  isToBePlaced(ref: AttemptRef, by: Invocation): void {
    const { outageId, recipientId } = ref;
    const silentSince = this.#silentSince.get(outageId) ?? Number.POSITIVE_INFINITY;
    if (by.beganAt > silentSince || silentSince + PLACING_MS < this.#facts.now()) {
      this.#fail('who stops an outage is obeyed', `${by.name} calls ${recipientId}, whose outage is stopped`);
    }
    const ending = this.#endedBefore(ref, by);
    if (ending) this.#fail('nobody is called twice', `${by.name} calls ${recipientId}, who has ${ending}`);
  }

  /** What had ended the matter before anybody began to call them again: also once they have heard the all-clear. */
  #endedBefore({ outageId, shard, recipientId }: AttemptRef, by: Invocation): string | undefined {
    const { scenario, tables } = this.#facts;
    const planned = scenario.outages.find(({ spec: { id } }) => outageId === id || outageId === allClearIdOf(id));
    const row = tables.rows('Recipients', `${outageId}|${shard}`).get(`recipient|${recipientId}`);
    return resultsIn(row)
      .filter(({ at }) => Date.parse(at) < by.beganAt)
      .find((result) => planned && endsTheMatter(planned.spec.retry, result))?.outcome;
  }

  /** A message is played that the outage had when that was decided, or no longer before than it is remembered. */
  eventRecorded({ call }: ServiceEvent, by: Invocation, actions: Actions): void {
    const { purpose } = call.parts;
    if (purpose.kind !== 'attempt') return;
    const sounds = this.#sounds.get(purpose.outageId) ?? [];
    const until = (index: number): number => sounds[index + 1]?.since ?? Number.POSITIVE_INFINITY;
    const current = sounds.filter((_, index) => until(index) >= by.beganAt - MEMORY_MS);
    for (const { queue, message } of actions) {
      const isMessage = queue === 'play-audio' && message.operationContext?.startsWith('message-');
      if (isMessage && !current.some(({ uri }) => uri === message['audioFileUri'])) {
        this.#fail('a change reaches every call', `${by.name} has ${message['audioFileUri']} played in ${call.id}`);
      }
    }
  }

  /** Everybody who was told about an outage that is over is on the list of its all-clear; nobody else is. */
  atEnd(): void {
    const outages = this.#facts.tables.rows('Outages', 'outage');
    for (const [partition, rows] of this.#facts.tables.partitions('Recipients')) {
      const [outageId, shard] = partition.split('|');
      const allClear = outages.get(`outage|${outageId}`)?.['allClearBy'];
      if (allClear === undefined) continue;
      const informed = this.#facts.tables.rows('Recipients', `${allClear}|${shard}`);
      for (const [rowKey, { outcome }] of rows) {
        const isInformed = informed.has(rowKey);
        if (!rowKey.startsWith('recipient|') || isAsItShouldBe(outcome, isInformed)) continue;
        const what = `${rowKey} of ${partition} ended ${outcome}, and is ${isInformed ? '' : 'not '}on the list of ${allClear}`;
        this.#fail('whoever was told is told that it is over', what);
      }
    }
  }
}

const Script = z.looseObject({ message: z.string() });

/** The audio that an outage tells people with. */
const messageIn = (columns: Columns | undefined): string =>
  Script.parse(JSON.parse(String(columns?.['scriptJson']))).message;
