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
import { tickMsOf } from './stopped-timer.ts';
import type { RowChange } from './stores.ts';

const TOLD: ReadonlySet<string> = new Set(['answered', 'heard', 'connected', 'acknowledged']);
/** A person who was told may turn out later to have opted out in that call: they stay on the list. */
const isAsItShouldBe = (outcome: Cell | undefined, isInformed: boolean): boolean =>
  isInformed === TOLD.has(String(outcome)) || (isInformed && outcome === 'optedOut');

/** An outage that was stopped stays stopped. */
const STOPPED: ReadonlySet<Cell | undefined> = new Set(['cancelling', 'cancelled', 'restoring', 'restored']);

/** How long after an outage stopped a run that began before may still place its call. */
const PLACING_MS = 120_000;
/** How long the app may use a cached outage. */
const MEMORY_MS = 20_000;
/** One queue message and its request, after a tick: for each batch of calls. */
const HANGING_UP_MS = 5_000;

/** The promises to a person who pauses, cancels, restores or changes an outage. */
export class SteeringChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;
  /** When the outage last became not `running`, so that it calls nobody. */
  readonly #silentSince = new Map<string, number>();
  /** The messages of each outage, each with the time from which it applies. */
  readonly #sounds = new Map<string, readonly { readonly since: number; readonly uri: string }[]>();

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  outageChanged({ rowKey, before, after }: RowChange): void {
    const [kind, id = ''] = rowKey.split('|');
    if (kind !== 'outage') return;
    const now = this.#facts.now();
    if (STOPPED.has(before?.['state']) && !STOPPED.has(after?.['state'])) {
      this.#fail('pausing and stopping work', `${id} was ${before?.['state']} and is ${after?.['state']}`);
    }
    if (after?.['state'] === 'running') this.#silentSince.delete(id);
    else if (!this.#silentSince.has(id)) this.#silentSince.set(id, now);
    const sounds = this.#sounds.get(id) ?? [];
    const uri = messageIn(after);
    if (sounds.at(-1)?.uri !== uri) this.#sounds.set(id, [...sounds, { since: now, uri }]);
    if (after?.['hangUp'] && !before?.['hangUp']) this.#areHungUp(id);
  }

  /** The calls that the app knows of end soon. Checked only while there are no faults. */
  #areHungUp(outageId: string): void {
    const { now, after, calmFrom, scenario, service, tables } = this.#facts;
    if (now() < calmFrom && !isCalm(scenario.faults, scenario.spells)) return;
    const isKnown = ({ id, isStubborn, parts: { purpose } }: Call): boolean => {
      if (isStubborn || purpose.kind !== 'attempt' || purpose.outageId !== outageId) return false;
      const rows = tables.rows('Recipients', `${outageId}|${purpose.shard}`);
      const row = rows.get(`recipient|${purpose.recipientId}`);
      return row?.['callLegId'] === id && row['isEnding'] !== true;
    };
    const calls = service.inFlight.filter(isKnown);
    const looks = Math.ceil(calls.length / scenario.settings.batches.dueRows);
    after(looks * (tickMsOf(scenario) + HANGING_UP_MS), () => {
      const call = calls.find(({ endedAt }) => endedAt === undefined);
      if (call) this.#fail('pausing and stopping work', `${call.id} should have been hung up, but continues`);
    });
  }

  isToBePlaced(ref: AttemptRef, by: Invocation): void {
    const { outageId, recipientId } = ref;
    const silentSince = this.#silentSince.get(outageId) ?? Number.POSITIVE_INFINITY;
    if (by.beganAt > silentSince || silentSince + PLACING_MS < this.#facts.now()) {
      this.#fail('pausing and stopping work', `${by.name} calls ${recipientId}, whose outage is stopped`);
    }
    const ending = this.#endedBefore(ref, by);
    if (ending) this.#fail('nobody is called twice', `${by.name} calls ${recipientId}, who has ${ending}`);
  }

  /** A final outcome that was recorded before this run began. Holds for the all-clear too. */
  #endedBefore({ outageId, shard, recipientId }: AttemptRef, by: Invocation): string | undefined {
    const { scenario, tables } = this.#facts;
    const planned = scenario.outages.find(({ spec: { id } }) => outageId === id || outageId === allClearIdOf(id));
    const row = tables.rows('Recipients', `${outageId}|${shard}`).get(`recipient|${recipientId}`);
    return resultsIn(row)
      .filter(({ at }) => Date.parse(at) < by.beganAt)
      .find((result) => planned && endsTheMatter(planned.spec.retry, result))?.outcome;
  }

  /** The message that is played is the current one, or was it not longer ago than an outage may be cached. */
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

  /** The list of the all-clear has exactly the people who were told of the outage. */
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
        this.#fail('people who were told are told that it is over', what);
      }
    }
  }
}

const Script = z.looseObject({ message: z.string() });

/** The URI of the outage's message. */
const messageIn = (columns: Columns | undefined): string =>
  Script.parse(JSON.parse(String(columns?.['scriptJson']))).message;
