import { describe, expect, it } from 'vitest';
import { startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { storesOn } from '../../src/lib/storage/stores.ts';
import { tick } from '../../src/lib/upkeep/tick.ts';
import { IDS } from '../fixtures/ids.ts';
import { onQueue } from '../fixtures/triggers.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

/** How many calls a number starts in a second, as the telephone service sees it. */

const NUMBER = '+14255550190';
const phones = (count: number): string[] => Array.from({ length: count }, (_, index) => `+142555${56_000 + index}`);

class Carrier {
  readonly tables = new MemoryTables();
  readonly world = new MemoryWorld(this.tables);
  readonly services: Services;
  /** When each call was asked for, s from the beginning. */
  readonly startedAt: number[] = [];
  /** The messages that have been handled. */
  readonly handled: object[] = [];
  readonly #begun = this.world.now.getTime();

  constructor(callsPerSecond: number | undefined, lines: number) {
    const { services } = this.world;
    const createCall = async (): Promise<{ callLegId: string }> => {
      this.startedAt.push((this.world.now.getTime() - this.#begun) / 1_000);
      return { callLegId: `leg-${this.startedAt.length}` };
    };
    this.services = {
      ...services,
      calls: { ...services.calls, createCall },
      settings: { ...services.settings, callers: [{ number: NUMBER, lines }], callsPerSecond },
      sleep: async (ms) => this.world.passes(ms / 1_000),
    };
  }

  async outage(people: number): Promise<void> {
    await this.world.outage({ callers: [...this.services.settings.callers] }, ...phones(people));
    await this.ticks();
  }

  async ticks(): Promise<void> {
    await tick(this.services, { error: expect.fail, warn: () => undefined, info: () => undefined });
  }

  /** The messages of the next seconds are handled, each when its delay is over. */
  async passes(seconds: number): Promise<void> {
    const until = this.world.now.getTime() + seconds * 1_000;
    const { now } = this.world;
    const sent = this.world.queues.sent.splice(0).map((message) => ({
      ...message,
      at: now.getTime() + message.delaySeconds * 1_000,
    }));
    for (const { at, message } of sent.toSorted((a, b) => a.at - b.at)) {
      if (this.world.now.getTime() < at) this.world.passes((at - this.world.now.getTime()) / 1_000);
      this.handled.push(message);
      await onQueue('start-call', this.services, message, 'a-message');
    }
    if (this.world.now.getTime() < until) this.world.passes((until - this.world.now.getTime()) / 1_000);
  }
}

describe('with CALLS_PER_SECOND', () => {
  it('a tick starts the calls of a number one after the other, though many lines are free', async () => {
    const carrier = new Carrier(2, 5);
    await carrier.outage(8);
    await carrier.passes(10);
    expect(carrier.startedAt).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it('no more lines are taken than calls may start until the next tick', async () => {
    const carrier = new Carrier(0.2, 5);
    await carrier.outage(8);
    await carrier.passes(10);
    expect(carrier.startedAt).toEqual([0, 5]);
    await carrier.ticks();
    await carrier.passes(10);
    expect(carrier.startedAt).toEqual([0, 5, 10, 15]);
  });

  it('a line whose call ends waits for its turn, too', async () => {
    const carrier = new Carrier(1, 2);
    await carrier.outage(4);
    await carrier.passes(1);
    for (const message of carrier.handled) {
      await concludeAttempt(carrier.services, AttemptRef.parse(message), { outcome: 'acknowledged' });
    }
    await carrier.passes(5);
    expect(carrier.startedAt).toEqual([0, 1, 2, 3]);
  });

  it('a call by hand waits for its turn behind them', async () => {
    const carrier = new Carrier(1, 3);
    await carrier.outage(2);
    const targets = [{ phoneNumber: { value: '+14255550121' } }];
    await startRequestedCall(carrier.services, { targets, requestId: 'ann' }, 'ann');
    expect(carrier.startedAt).toEqual([2]);
  });

  it('instances share the turns', async () => {
    const carrier = new Carrier(1, 2);
    const [one, other] = [carrier, carrier].map(({ tables, world }) => storesOn(tables, () => world.now, IDS).turns);
    const { now } = carrier.world;
    const taken = await Promise.all(
      [one, other, one, other].map((turns) => turns?.take(NUMBER, 1, now, 10_000) ?? expect.fail()),
    );
    expect(taken.map((at) => ((at?.getTime() ?? 0) - now.getTime()) / 1_000).sort()).toEqual([0, 1, 2, 3]);
  });
});

it('without it all start at once, and no turn is written', async () => {
  const carrier = new Carrier(undefined, 5);
  await carrier.outage(8);
  await carrier.passes(10);
  expect(carrier.startedAt).toEqual([0, 0, 0, 0, 0]);
  expect(carrier.tables.firstKey('Lines', 'lines', 'turn|')?.startsWith('turn|') ?? false).toBe(false);
});
