import { ACS_NUMBER } from '../../../src/lib/call-automation/acs-number.ts';
import type { CallAutomation } from '../../../src/lib/call-automation/port.ts';
import { CallScript } from '../../../src/lib/rules/calls/script.ts';
import { type Caller, declared, type Outage, OutageSpec } from '../../../src/lib/rules/outages/outage.ts';
import { type Contact, newRecipient, type Recipient } from '../../../src/lib/rules/outages/recipient.ts';
import { BATCHES } from '../../../src/lib/services/batches.ts';
import { CallbackUris } from '../../../src/lib/services/callback-uris.ts';
import type { Services } from '../../../src/lib/services/services.ts';
import type { QueueName, QueueStore } from '../../../src/lib/storage/queue-store.ts';
import { storesOn } from '../../../src/lib/storage/stores.ts';
import type { TableStore } from '../../../src/lib/storage/table-store.ts';
import { IDS, recipientIdOf } from '../../fixtures/ids.ts';
import { MemoryTables } from './memory-tables.ts';

export type Sent = { queue: QueueName; message: object; delaySeconds: number };

/** Keeps every message that is put on a queue. */
export class MemoryQueues implements QueueStore {
  readonly sent: Sent[] = [];

  async send(queue: QueueName, message: object, delaySeconds = 0): Promise<void> {
    this.sent.push({ queue, message, delaySeconds });
  }

  on(queue: QueueName): object[] {
    return this.sent.filter((sent) => sent.queue === queue).map(({ message }) => message);
  }
}

/** For workflows that must not send any request to the service. */
const nobodyIsCalled = (): never => {
  throw new Error('No request to the service is allowed here');
};

const silentService: CallAutomation = {
  isRepeatable: false,
  speaks: false,
  listens: true,
  reportsAudioStart: false,
  joins: true,
  abilitiesOf: () => ACS_NUMBER,
  createCall: nobodyIsCalled,
  joinCall: nobodyIsCalled,
  hangUp: nobodyIsCalled,
  playAudio: nobodyIsCalled,
  cancelMediaProcessing: nobodyIsCalled,
  inviteParticipants: nobodyIsCalled,
  removeParticipant: nobodyIsCalled,
};

/** Services in memory, with a clock that only the test moves. */
export class MemoryWorld {
  readonly queues = new MemoryQueues();
  readonly services: Services;
  now = new Date('2026-01-05T08:00:00.000Z');
  /** The setting CALLER_NUMBERS. */
  readonly callers: Caller[] = [{ number: '+14255550190', lines: 2 }];

  constructor(tables: TableStore = new MemoryTables()) {
    const now = (): Date => this.now;
    this.services = {
      ...storesOn(tables, now, IDS),
      ids: IDS,
      poison: { find: async () => [] },
      queues: this.queues,
      calls: silentService,
      callbacks: new CallbackUris('https://ringdown.example', { current: 'x'.repeat(32) }, now),
      settings: {
        callers: this.callers,
        limits: { leaseMs: 300_000, maxCallMs: 3_600_000, requestMs: 20_000 },
        batches: BATCHES,
        numbers: { countries: '*', kinds: new Set(), own: new Set(['+14255550190']) },
        spendLimits: {},
        numberLimits: { delayMs: 0, callsADay: 100 },
        breakerAfter: 10,
        retentionDays: 90,
      },
      now,
      sleep: async () => undefined,
      wake: () => undefined,
    };
  }

  #own({ number, lines }: Caller): void {
    const index = this.callers.findIndex((caller) => caller.number === number);
    const before = index < 0 ? undefined : this.callers[index];
    this.callers.splice(index < 0 ? this.callers.length : index, 1, {
      number,
      lines: Math.max(lines, before?.lines ?? 0),
    });
  }

  passes(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  /** A running outage with these people to call, all due now. Its callers are ours. */
  async outage(spec: Partial<OutageSpec>, ...numbers: string[]): Promise<{ outage: Outage; people: Recipient[] }> {
    const outage = { ...outageWith(spec, this.now), state: 'running' as const };
    for (const caller of outage.callers) this.#own(caller);
    await this.services.outages.add(outage);
    await this.services.lines.ensure(outage.callers, await this.services.lines.list());
    const people = numbers.map((value) => recipientWith({ identifier: { phoneNumber: { value } } }));
    await this.services.recipients.add({ outageId: outage.id, shard: 0 }, people, () => this.now);
    return { outage, people };
  }
}

/** A launched outage, of one shard unless the spec says otherwise. */
export function outageWith(spec: Partial<OutageSpec> = {}, now = new Date('2026-01-05T08:00:00.000Z')): Outage {
  const whole = OutageSpec.parse({
    title: 'Storm',
    script: CallScript.parse({ message: 'https://audio.example/message.wav' }),
    shards: 1,
    launch: true,
    ...spec,
  });
  return declared(whole, spec.id ?? 'storm', [{ number: '+14255550190', lines: 2 }], now);
}

export function recipientWith(contact: Partial<Contact> = {}): Recipient {
  const whole = { identifier: { phoneNumber: { value: '+14255550123' } }, ...contact };
  return newRecipient(recipientIdOf(whole.identifier), whole);
}
