import { expect, it } from 'vitest';
import { Waker } from '../../src/lib/upkeep/waker.ts';
import { wokenTick } from '../../src/lib/upkeep/woken-tick.ts';
import { MemoryWorld } from './support/memory-services.ts';

/** Instances of the app on one storage, with a clock that only the test moves. */
class Instances {
  readonly world = new MemoryWorld();
  readonly #running: Promise<void>[] = [];
  ticks = 0;
  looks = 0;

  start(): Waker {
    return new Waker({ now: () => this.world.now, run: (isNeeded) => void this.#running.push(this.#run(isNeeded)) });
  }

  async #run(isNeeded: (beganAt: Date | undefined) => boolean): Promise<void> {
    this.looks++;
    const log = { error: expect.fail, warn: () => undefined, info: () => undefined };
    if (await wokenTick(this.world.services, isNeeded, log)) this.ticks++;
  }

  timer(): Promise<void> {
    return this.world.services.ticks.begin(this.world.now);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }
}

it('once the timer has stopped, one tick runs when something comes, even if it comes to two instances', async () => {
  const instances = new Instances();
  const [one, other] = [instances.start(), instances.start()];
  await instances.world.outage({}, '+14255550123');
  await instances.timer();
  instances.world.passes(61);
  one.look();
  other.look();
  await instances.idle();
  expect(instances.ticks).toBe(1);
  expect(instances.world.queues.on('start-call')).toHaveLength(1);
});

it('with a stopped timer, a tick runs each minute', async () => {
  const instances = new Instances();
  const { look } = instances.start();
  await instances.timer();
  for (let second = 0; second < 600; second += 5) {
    instances.world.passes(5);
    look();
    await instances.idle();
  }
  expect(instances.ticks).toBeGreaterThanOrEqual(7);
  expect(instances.ticks).toBeLessThanOrEqual(10);
});

it('while the timer runs, an instance looks at most every 15 seconds and runs nothing', async () => {
  const instances = new Instances();
  const { look } = instances.start();
  for (let second = 0; second < 60; second++) {
    if (second % 10 === 0) await instances.timer();
    for (let request = 0; request < 10; request++) look();
    instances.world.passes(1);
  }
  await instances.idle();
  expect(instances.looks).toBe(4);
  expect(instances.ticks).toBe(0);
});

it('a woken tick waits for another that still runs, at most until the lease of that one has ended', async () => {
  const { world } = new Instances();
  const { ticks } = world.services;
  const log = { error: expect.fail, warn: () => undefined, info: () => undefined };
  const woken = (): Promise<boolean> => wokenTick(world.services, () => true, log);
  const inAMinute = new Date(world.now.getTime() + 60_000);
  const running = await ticks.tryBegin(await ticks.last(), world.now, inAMinute);
  if (!running) throw new Error('The first lease was refused');
  world.passes(59);
  expect(await woken()).toBe(false);
  world.passes(1);
  expect(await woken()).toBe(true);
  // The one before is late. It ends nothing.
  const next = await ticks.tryBegin(await ticks.last(), world.now, new Date(world.now.getTime() + 60_000));
  await ticks.end(running, world.now);
  expect(await woken()).toBe(false);
  await ticks.end(next ?? expect.fail(), world.now);
  expect(await woken()).toBe(true);
});
