import { CallAutomationError } from '../../../src/lib/call-automation/errors.ts';
import { meaningOfRefusal } from '../../../src/lib/call-automation/meaning.ts';
import { MEANINGS_2021 } from '../../../src/lib/call-automation/meanings-2021.ts';
import type { CallAutomation, PlaceCallRequest } from '../../../src/lib/call-automation/port.ts';
import type { ResultInfo } from '../../../src/lib/call-automation/requests.ts';
import type { Services } from '../../../src/lib/services/services.ts';
import type { TableStore } from '../../../src/lib/storage/table-store.ts';
import { onCallback, onQueue, onTimer } from '../../fixtures/triggers.ts';
import { MemoryWorld } from './memory-services.ts';

/** What becomes of a call: the service refuses to place it, ends it unanswered, or somebody answers and presses 1. */
export type Fate = { readonly refused: [status: number, code: string] } | { readonly ends: ResultInfo } | 'answers';

/** A call that the service was asked for. */
export type Asked = { readonly second: number; readonly to: string; readonly from: string };

/** A whole app whose functions are called one after the other, with a service that decides what becomes of each call. */
export class Switchboard extends MemoryWorld {
  readonly asked: Asked[] = [];
  readonly log: string[] = [];
  readonly app: Services;
  /** @param to the number that is called. */
  fateOf: (to: string) => Fate = () => 'answers';
  readonly #beganAt = this.now.getTime();
  readonly #news: { token: string; events: object[] }[] = [];
  #handled = 0;
  #messages = 0;

  constructor(tables?: TableStore) {
    super(tables);
    const calls: CallAutomation = {
      ...this.services.calls,
      createCall: async (request) => ({ callLegId: this.#place(request) }),
      playAudio: async () => ({}),
      cancelMediaProcessing: async () => ({}),
      hangUp: async () => undefined,
    };
    this.app = { ...this.services, calls };
  }

  get second(): number {
    return (this.now.getTime() - this.#beganAt) / 1000;
  }

  #place({ targets: [target], caller, callbackUri }: PlaceCallRequest): string {
    const to = target && 'phoneNumber' in target ? String(target.phoneNumber?.value) : '';
    this.asked.push({ second: this.second, to, from: caller ?? '' });
    const fate = this.fateOf(to);
    if (typeof fate === 'object' && 'refused' in fate) throw refusal(...fate.refused);
    const callLegId = `leg-${to}-${this.asked.length}`;
    const state = (callState: string, resultInfo?: ResultInfo): object => ({
      eventType: 'Microsoft.Communication.CallLegStateChanged',
      eventTime: this.now.toISOString(),
      data: { callLegId, callState, ...(resultInfo && { resultInfo }) },
    });
    const key = {
      eventType: 'Microsoft.Communication.DtmfReceived',
      eventTime: this.now.toISOString(),
      data: { callLegId, toneInfo: { sequenceId: 1, tone: 'tone1' } },
    };
    const events =
      fate === 'answers'
        ? [state('Establishing'), state('Established'), key, state('Terminated')]
        : [state('Establishing'), state('Terminated', fate.ends)];
    this.#news.push({ token: callbackUri.split('/').at(-1) ?? '', events });
    return callLegId;
  }

  /** Lets so many seconds pass: the timer strikes every ten, messages and callbacks are handled at once. */
  async lives(seconds: number): Promise<void> {
    for (const end = this.second + seconds; this.second < end; this.passes(10)) {
      this.log.push(...(await onTimer(this.app)).log);
      await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    for (;;) {
      const next = this.queues.sent[this.#handled];
      const news = this.#news.shift();
      if (!next && !news) return;
      if (next) {
        this.#handled++;
        this.log.push(...(await onQueue(next.queue, this.app, next.message, `message-${++this.#messages}`)));
      }
      for (const event of news?.events ?? []) {
        const { status, log } = await onCallback(this.app, news?.token ?? '', [event]);
        if (status !== 200) throw new Error(`A callback was answered ${status}: ${log.join('; ')}`);
        this.log.push(...log);
      }
    }
  }
}

function refusal(status: number, code: string): CallAutomationError {
  const means = meaningOfRefusal(MEANINGS_2021, status, code);
  return new CallAutomationError({
    operation: 'createCall',
    status,
    code,
    means,
    message: 'refused',
    requestId: '',
    mayHaveHappened: false,
  });
}
