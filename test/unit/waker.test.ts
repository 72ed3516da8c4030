import { describe, expect, it } from 'vitest';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { Waker } from '../../src/lib/upkeep/waker.ts';
import { type IsNeeded, type Woken, wokenTick } from '../../src/lib/upkeep/woken-tick.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { MemoryWorld, outageWith, recipientWith } from './support/memory-services.ts';

const LOG = { error: expect.fail, warn: () => undefined, info: () => undefined };

/** Instances of the app on one storage, with a clock that only the test moves. */
class Instances {
  readonly world = new MemoryWorld();
  readonly #later: { readonly at: number; readonly work: () => void }[] = [];
  readonly #running: Promise<unknown>[] = [];
  ticks = 0;
  looks = 0;

  start(): Waker {
    const waker = new Waker({
      now: () => this.world.now,
      after: (ms, work) => void this.#later.push({ at: this.world.now.getTime() + ms, work }),
      run: (isNeeded) => {
        const run = this.#run(isNeeded, { ...this.world.services, wake: waker.wake });
        this.#running.push(run);
        return run;
      },
    });
    return waker;
  }

  async #run(isNeeded: IsNeeded, services: Services): Promise<Woken> {
    this.looks++;
    const woken = await wokenTick(services, isNeeded, LOG);
    if (woken === 'ran') this.ticks++;
    return woken;
  }

  /** The timer begins a tick. */
  timer(): Promise<void> {
    return this.world.services.ticks.begin(this.world.now);
  }

  /** Another instance begins a woken tick, and releases its lease when the result is called. */
  async otherTick(): Promise<() => Promise<void>> {
    const { ticks } = this.world.services;
    const { now } = this.world;
    const lease = await ticks.tryBegin(await ticks.last(), now, new Date(now.getTime() + 30_000));
    return () => ticks.end(lease ?? expect.fail('the lease was refused'), this.world.now);
  }

  /** Lets time pass, and everything happen that was to happen in it. */
  async passes(seconds: number): Promise<void> {
    this.world.passes(seconds);
    const now = this.world.now.getTime();
    const due = this.#later.filter(({ at }) => at <= now);
    this.#later.splice(0, this.#later.length, ...this.#later.filter(({ at }) => at > now));
    for (const { work } of due) work();
    await this.idle();
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running.splice(0));
  }
}

describe('once the timer has stopped', () => {
  it('one tick runs when something comes, even if it comes to two instances', async () => {
    const instances = new Instances();
    const [one, other] = [instances.start(), instances.start()];
    await instances.world.outage({}, '+14255550123');
    await instances.timer();
    await instances.passes(61);
    one.look();
    other.look();
    await instances.idle();
    expect(instances.ticks).toBe(1);
    expect(instances.world.queues.on('start-call')).toHaveLength(1);
  });

  it('a tick runs each minute', async () => {
    const instances = new Instances();
    const { look } = instances.start();
    await instances.timer();
    for (let second = 0; second < 600; second += 5) {
      await instances.passes(5);
      look();
      await instances.idle();
    }
    expect(instances.ticks).toBeGreaterThanOrEqual(7);
    expect(instances.ticks).toBeLessThanOrEqual(10);
  });
});

it('while the timer runs, an instance looks at most every 15 seconds and runs nothing', async () => {
  const instances = new Instances();
  const { look } = instances.start();
  for (let second = 0; second < 60; second++) {
    if (second % 10 === 0) await instances.timer();
    for (let request = 0; request < 10; request++) look();
    await instances.passes(1);
  }
  expect(instances.looks).toBe(4);
  expect(instances.ticks).toBe(0);
});

it('a woken tick waits for another that still runs, at most until the lease of that one has ended', async () => {
  const instances = new Instances();
  const { world } = instances;
  const woken = (): Promise<Woken> => wokenTick(world.services, () => true, LOG);
  const endFirst = await instances.otherTick();
  world.passes(29);
  expect(await woken()).toBe('busy');
  world.passes(1);
  expect(await woken()).toBe('ran');
  // The first one ends late. It must not release the lease of the next.
  const endSecond = await instances.otherTick();
  await endFirst();
  expect(await woken()).toBe('busy');
  await endSecond();
  expect(await woken()).toBe('ran');
});

describe('somebody who becomes due between two ticks', () => {
  it('is called at the next whole second, by one tick for all changes before it', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    await instances.timer();
    await instances.passes(2.1);
    await instances.world.outage({}, '+14255550123');
    for (let row = 0; row < 100; row++) wake(instances.world.now);
    await instances.passes(0.9);
    expect(instances.ticks).toBe(1);
    expect(instances.world.queues.on('start-call')).toHaveLength(1);
  });

  it('is called when the scheduled outage may start', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    const startAt = new Date(instances.world.now.getTime() + 4_000).toISOString();
    await instances.world.services.outages.add(outageWith({ startAt }));
    wake(instances.world.now);
    await instances.passes(1);
    await instances.passes(2.9);
    expect(instances.ticks).toBe(1);
    await instances.passes(0.1);
    expect(instances.ticks).toBe(2);
  });

  it('is left to a tick that has begun since', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    wake(instances.world.now);
    instances.world.passes(0.5);
    await instances.timer();
    await instances.passes(0.5);
    expect(instances.ticks).toBe(0);
  });

  it('is not left to a tick that has begun before, between two changes', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    wake(instances.world.now);
    instances.world.passes(0.3);
    await instances.timer();
    instances.world.passes(0.3);
    wake(instances.world.now);
    await instances.passes(0.4);
    expect(instances.ticks).toBe(1);
  });

  it('is called after the tick of another instance, which may have passed them by', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    const end = await instances.otherTick();
    instances.world.passes(0.5);
    wake(instances.world.now);
    await instances.passes(0.5);
    expect(instances.ticks).toBe(0);
    await end();
    await instances.passes(1);
    expect(instances.ticks).toBe(1);
  });

  it('in more than ten seconds, is left to the timer', async () => {
    const instances = new Instances();
    instances.start().wake(new Date(instances.world.now.getTime() + 11_000));
    await instances.passes(60);
    expect(instances.looks).toBe(0);
  });

  it('is called then on a line that found nobody due before', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    const { world } = instances;
    const { outage } = await world.outage({});
    const dueAt = new Date(world.now.getTime() + 4_000);
    await world.services.recipients.add({ outageId: outage.id, shard: 0 }, [recipientWith()], () => dueAt);
    wake(world.now);
    await instances.passes(1);
    expect(world.queues.on('start-call')).toHaveLength(0);
    await instances.passes(3);
    expect(instances.ticks).toBe(2);
    expect(world.queues.on('start-call')).toHaveLength(1);
  });

  it('is called again on the line of the call that was not answered', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    const { world } = instances;
    const { outage } = await world.outage({ retry: { maxAttempts: 2, delaySeconds: { busy: 3 } } }, '+14255550123');
    wake(world.now);
    await instances.passes(1);
    const recipientId = recipientIdOf({ phoneNumber: { value: '+14255550123' } });
    const ref = { outageId: outage.id, shard: 0, recipientId, attempt: 1 };
    await concludeAttempt({ ...world.services, wake }, ref, { outcome: 'busy' });
    await instances.passes(3);
    expect(world.queues.on('start-call')).toHaveLength(2);
  });

  it('wakes no tick while every line is in use, as a call that ends looks by itself', async () => {
    const instances = new Instances();
    const { wake } = instances.start();
    const { world } = instances;
    const { outage } = await world.outage({}, '+14255550123', '+14255550124');
    const dueAt = new Date(world.now.getTime() + 4_000);
    await world.services.recipients.add({ outageId: outage.id, shard: 0 }, [recipientWith(OTHER)], () => dueAt);
    wake(world.now);
    await instances.passes(1);
    await instances.passes(3);
    expect(instances.ticks).toBe(1);
  });
});

const OTHER = { identifier: { phoneNumber: { value: '+14255550125' } } };
