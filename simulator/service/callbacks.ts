import { setTimeout as wait } from 'node:timers/promises';
import { timestamp } from '../base/clock.ts';
import type { HttpClient } from '../base/http-client.ts';
import type { CallbackIssuer } from './callback-issuer.ts';
import type { FaultBox } from './faults.ts';
import type { Dialect, News } from './news.ts';
import type { EventRecord, Records, Try } from './records.ts';

export type CallbackOptions = {
  /** The reference page shows one event per body. Today's API always posts arrays. */
  readonly callbackBody: 'object' | 'array';
  readonly callbackTimeoutMs: number;
  /** The pause before the first retry, in real time. It doubles with each retry. */
  readonly callbackBackoffMs: number;
};

const TRIES = 4;
/** How long a reordered event waits for a next event to change places with. */
const SWAP_MS = 1_000;

/** Faults can name an event by its 2021 type in both APIs. */
const SAME_AS: Readonly<Record<News['what'], readonly string[]>> = {
  state: ['CallLegStateChanged'],
  tone: ['DtmfReceived'],
  audioStarted: [],
  audioEnded: ['PlayAudioResult'],
  invited: ['InviteParticipantResult'],
  removed: [],
  present: ['ParticipantsUpdated'],
};

const isWorthAnotherTry = (status: number | null): boolean =>
  status === null || status >= 500 || status === 408 || status === 429;

/** Posts the events of one call leg in order. The next event waits until the last is answered or given up. */
export class CallbackQueue {
  readonly #callLegId: string;
  readonly #http: HttpClient;
  readonly #faults: FaultBox;
  readonly #records: Records;
  readonly #options: CallbackOptions;
  readonly #issuer: CallbackIssuer;
  readonly #dialect: Dialect;
  #last: Promise<void> = Promise.resolve();
  #heldBack: { record: EventRecord; names: readonly string[]; timer: NodeJS.Timeout } | undefined;

  constructor(
    callLegId: string,
    parts: { http: HttpClient; faults: FaultBox; records: Records; options: CallbackOptions; issuer: CallbackIssuer },
    dialect: Dialect,
  ) {
    this.#callLegId = callLegId;
    this.#http = parts.http;
    this.#faults = parts.faults;
    this.#records = parts.records;
    this.#options = parts.options;
    this.#issuer = parts.issuer;
    this.#dialect = dialect;
  }

  /** @param what the kind of event, by which faults find it in both APIs */
  post(record: EventRecord, what: News['what']): void {
    const names = [record.type, ...SAME_AS[what]];
    if (this.#faults.strikes('dropped', ...names)) {
      record.faults.push('dropped');
      return;
    }
    if (!this.#heldBack && this.#faults.strikes('reordered', ...names)) {
      record.faults.push('reordered');
      this.#holdBack(record, names);
      return;
    }
    this.#enqueue(record, names);
    this.#release();
  }

  #holdBack(record: EventRecord, names: readonly string[]): void {
    const timer = setTimeout(() => this.#release(), SWAP_MS);
    // Do not keep a closed simulator's process alive.
    timer.unref();
    this.#heldBack = { record, names, timer };
  }

  #release(): void {
    if (!this.#heldBack) return;
    clearTimeout(this.#heldBack.timer);
    this.#enqueue(this.#heldBack.record, this.#heldBack.names);
    this.#heldBack = undefined;
  }

  #enqueue(record: EventRecord, names: readonly string[]): void {
    const delayed = this.#faults.strikes('delayed', ...names);
    const doubled = this.#faults.strikes('doubled', ...names);
    if (delayed) record.faults.push('delayed');
    if (doubled) record.faults.push('doubled');
    this.#last = this.#last.then(async () => {
      if (delayed) await this.#pause(delayed.ms);
      await this.#deliver(record);
      if (doubled) await this.#deliver(record);
    });
  }

  async #deliver(record: EventRecord): Promise<void> {
    for (let tried = 0; tried < TRIES && !this.#http.closed; tried++) {
      if (tried > 0) await this.#pause(this.#options.callbackBackoffMs * 2 ** (tried - 1));
      const { status } = await this.#try(record);
      if (!isWorthAnotherTry(status)) return;
    }
  }

  async #try(record: EventRecord): Promise<Try> {
    const { callbackBody, callbackTimeoutMs } = this.#options;
    const isArray = this.#dialect.name === 'ga' || callbackBody === 'array';
    const json = JSON.stringify(isArray ? [record.event] : record.event);
    const outcome: Try = { at: timestamp(), status: null };
    try {
      const headers = this.#dialect.signsCallbacks ? { authorization: `Bearer ${await this.#issuer.token()}` } : {};
      const sent = { method: 'POST', json, headers, timeoutMs: callbackTimeoutMs } as const;
      const answer = await this.#http.send(record.callbackUri, sent);
      outcome.status = answer.status;
    } catch (error) {
      outcome.error = error instanceof Error ? error.message : String(error);
    }
    record.tries.push(outcome);
    record.status = outcome.status ?? record.status;
    this.#records.changed({
      what: 'callback',
      callLegId: this.#callLegId,
      type: record.type,
      status: outcome.status,
    });
    return outcome;
  }

  /** Unreferenced, so that it does not keep a closed simulator's process alive. */
  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { ref: false });
  }
}
