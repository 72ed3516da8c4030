import { UnauthorizedError } from '../../src/lib/base/errors.ts';
import type { CallAutomation } from '../../src/lib/call-automation/port.ts';
import { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { CallbackUris } from '../../src/lib/services/callback-uris.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { Outages } from '../../src/lib/storage/outages.ts';
import type { QueueStore } from '../../src/lib/storage/queue-store.ts';
import { ReliableQueues } from '../../src/lib/storage/reliable-queues.ts';
import { ReliableTables } from '../../src/lib/storage/reliable-tables.ts';
import { type Memory, newMemory, storesOn } from '../../src/lib/storage/stores.ts';
import type { TableStore } from '../../src/lib/storage/table-store.ts';
import type { Waker } from '../../src/lib/upkeep/waker.ts';
import { IDS } from '../fixtures/ids.ts';
import type { Invocation } from './process.ts';

/** The ports of one run of a function. */
export type Ports = {
  readonly tables: TableStore;
  readonly queues: QueueStore;
  readonly calls: CallAutomation;
  readonly by: Invocation;
  readonly now: () => Date;
  readonly newId: () => string;
};

export type AppSettings = Services['settings'];

export const reliable = ({ tables, by, newId }: Ports): TableStore =>
  new ReliableTables(tables, (ms) => by.wait(ms), newId);

/** What all runs in one process share: a cache, and what they remember. */
export type Shared = { readonly outages: Outages; readonly memory: Memory; readonly waker?: Waker };

export const sharedOn = (tables: TableStore, now: () => Date): Shared => ({
  outages: new Outages(tables, now),
  memory: newMemory(),
});

export function composed(ports: Ports, tables: TableStore, shared: Shared, settings: AppSettings): Services {
  return {
    ...storesOn(tables, ports.now, IDS, shared.memory),
    ids: IDS,
    outages: shared.outages,
    poison: { find: async () => [] },
    queues: new ReliableQueues(ports.queues, (ms) => ports.by.wait(ms)),
    calls: ports.calls,
    callbacks: new PlainCallbackUris(ports.now),
    settings,
    now: ports.now,
    sleep: (ms) => ports.by.wait(ms),
    wake: (dueAt) => shared.waker?.wake(dueAt),
  };
}

const BASE_URL = 'https://ringdown.example';

/** Tokens without a signature: real ones are signed on other threads, whose order does not follow from the seed. */
export class PlainCallbackUris extends CallbackUris {
  constructor(now: () => Date) {
    super(BASE_URL, { current: 'x'.repeat(32) }, now);
  }

  override async uriFor(purpose: CallPurpose): Promise<string> {
    return `${BASE_URL}/api/call-events/${Buffer.from(JSON.stringify(purpose)).toString('base64url')}`;
  }

  override async purposeOf(token: string): Promise<CallPurpose> {
    return purposeIn(token);
  }
}

/** The purpose of the call that reports to this callback URI. */
export const purposeOfUri = (uri: string): CallPurpose => purposeIn(uri.slice(uri.lastIndexOf('/') + 1));

function purposeIn(token: string): CallPurpose {
  const purpose = CallPurpose.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  if (!purpose.success) throw new UnauthorizedError('The callback has no valid token');
  return purpose.data;
}
