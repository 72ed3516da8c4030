import { describe, expect, it } from 'vitest';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { passOnLine } from '../../src/lib/outages/pass-on-line.ts';
import { patchOutage } from '../../src/lib/outages/patch.ts';
import { restoreOutage } from '../../src/lib/outages/steer.ts';
import { unusedCallers, usableCallers } from '../../src/lib/rules/outages/callers.ts';
import type { Caller } from '../../src/lib/rules/outages/outage.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { listOutages, viewOutage } from '../../src/lib/views/outage-view.ts';
import { MemoryWorld } from './support/memory-services.ts';

const OURS = '+14255550190';
const FOREIGN = '+14255550191';
const PEOPLE = ['+14255550121', '+14255550122', '+14255550123'];
const SPEC = { id: 'storm', title: 'Storm', script: { message: 'https://audio.example/message.wav' } };
const TEN_TIMES_A_THOUSAND: Caller[] = Array.from({ length: 10 }, (_, index) => ({
  number: `+1425555020${index}`,
  lines: 1_000,
}));

const declare = (world: MemoryWorld, callers?: readonly object[]) =>
  declareOutage(world.services, { ...SPEC, ...(callers && { callers }) });
const problemsOf = (refused: Promise<unknown>) =>
  refused.then(
    () => [],
    (error) => error.problems,
  );
/** Puts other numbers into the setting CALLER_NUMBERS, as a new deployment does. */
const configure = (world: MemoryWorld, ...callers: Caller[]) => world.callers.splice(0, Infinity, ...callers);
const lineIds = async ({ services }: MemoryWorld) => (await services.lines.list()).map(({ lineId }) => lineId);
const view = async ({ services }: MemoryWorld, id = 'storm') =>
  viewOutage(services, (await services.outages.read(id)).outage);
/** How many calls have been started. */
const called = ({ queues }: MemoryWorld) => queues.on('start-call').length;

describe('the callers of an outage', () => {
  it('are some of CALLER_NUMBERS, with at most its lines', async () => {
    const world = new MemoryWorld();
    configure(world, { number: OURS, lines: 3 }, { number: FOREIGN, lines: 3 });
    const { outage } = await declare(world, [{ number: OURS, lines: 2 }]);
    expect(outage.callers).toEqual([{ number: OURS, lines: 2 }]);
    expect((await view(world)).lines).toBe(2);
  });

  it('are all of CALLER_NUMBERS if none are named', async () => {
    const world = new MemoryWorld();
    configure(world, { number: OURS, lines: 3 }, { number: FOREIGN, lines: 1 });
    expect((await declare(world)).outage.callers).toEqual(world.callers);
  });

  it('that are not ours, have too many lines or are listed twice are refused, each by its field and without its number', async () => {
    const world = new MemoryWorld();
    const problems = await problemsOf(
      declare(world, [
        { number: FOREIGN, lines: 1 },
        { number: OURS, lines: 3 },
        { number: OURS, lines: 1 },
      ]),
    );
    expect(problems).toEqual([
      'callers.0.number: is not one of CALLER_NUMBERS',
      'callers.1.lines: must be at most 2, as in CALLER_NUMBERS',
      'callers.2.number: is listed twice',
    ]);
  });

  it('are compared again when a declaration is repeated, but it is not refused for a setting that changed', async () => {
    const world = new MemoryWorld();
    await declare(world, [{ number: OURS, lines: 2 }]);
    configure(world, { number: FOREIGN, lines: 2 });
    expect(await declare(world, [{ number: OURS, lines: 2 }])).toMatchObject({ isNew: false });
  });

  it('can be changed to others of ours, or all of them, and to nothing else', async () => {
    const world = new MemoryWorld();
    configure(world, { number: OURS, lines: 2 }, { number: FOREIGN, lines: 2 });
    await declare(world, [{ number: OURS, lines: 2 }]);
    const change = (callers: readonly Caller[] | null) => patchOutage(world.services, 'storm', { callers });
    expect((await change([{ number: FOREIGN, lines: 1 }])).callers).toEqual([{ number: FOREIGN, lines: 1 }]);
    expect(await problemsOf(change([{ number: FOREIGN, lines: 3 }]))).toEqual([
      'callers.0.lines: must be at most 2, as in CALLER_NUMBERS',
    ]);
    expect((await change(null)).callers).toEqual(world.callers);
  });

  it('from before a number was listed once only have its lines once', () => {
    const twice = [
      { number: OURS, lines: 1 },
      { number: OURS, lines: 2 },
    ];
    expect(usableCallers(twice, [{ number: OURS, lines: 5 }])).toEqual([{ number: OURS, lines: 2 }]);
    expect(unusedCallers(twice, [])).toEqual([{ number: OURS, lines: 2 }]);
  });
});

describe('ten callers of a thousand lines', () => {
  it('are refused, and no line is made for them', async () => {
    const world = new MemoryWorld();
    expect(await problemsOf(declare(world, TEN_TIMES_A_THOUSAND))).toHaveLength(10);
    expect(await lineIds(world)).toEqual([]);
  });

  it('of an earlier version keep nobody from being called, and are gone after some ticks', async () => {
    const world = new MemoryWorld();
    const attack = await world.outage({ id: 'attack', callers: TEN_TIMES_A_THOUSAND }, ...PEOPLE);
    const before = await lineIds(world);
    expect(before).toHaveLength(10_000);
    configure(world, { number: OURS, lines: 2 });
    await world.outage({ id: 'storm' }, ...PEOPLE);
    await tendOutages(world.services);
    expect(called(world)).toBe(2);
    for (let ticks = 1; ticks < 10; ticks++) await tendOutages(world.services);
    expect(await lineIds(world)).toHaveLength(2);
    expect((await view(world, attack.outage.id)).lines).toBe(0);
  });
});

describe('a number that is taken out of CALLER_NUMBERS while an outage runs', () => {
  async function withCallsFrom(...callers: Caller[]) {
    const world = new MemoryWorld();
    await world.outage({ callers }, ...PEOPLE);
    await tendOutages(world.services);
    return world;
  }
  const heldLine = async ({ services }: MemoryWorld, number: string) => {
    const line = (await services.lines.list()).find((each) => each.number === number && each.holder !== '');
    if (!line) throw new Error('no line of the number is held');
    return line;
  };

  it('is not called from again when its call ends, and its line is removed only then', async () => {
    const world = await withCallsFrom({ number: FOREIGN, lines: 1 });
    configure(world, { number: OURS, lines: 2 });
    await tendOutages(world.services);
    const line = await heldLine(world, FOREIGN);
    await passOnLine(world.services, (await world.services.outages.read('storm')).outage, line);
    expect(called(world)).toBe(1);
    await tendOutages(world.services);
    expect(await lineIds(world)).toEqual([]);
  });

  it('is shown with its lines; without any other, the outage is paused and says why', async () => {
    const world = await withCallsFrom({ number: FOREIGN, lines: 2 });
    configure(world, { number: OURS, lines: 2 });
    const shown = { state: 'paused', pausedBecause: expect.stringContaining('CALLER_NUMBERS names none of them') };
    expect(await view(world)).toMatchObject({
      ...shown,
      unusedCallers: [{ number: FOREIGN, lines: 2 }],
      lines: 0,
    });
    expect(await listOutages(world.services)).toMatchObject([shown]);
  });

  it('is used again once the setting names it, or the outage has other callers', async () => {
    for (const mend of [
      (world: MemoryWorld) => configure(world, { number: FOREIGN, lines: 2 }),
      (world: MemoryWorld) => patchOutage(world.services, 'storm', { callers: null }),
    ]) {
      const world = new MemoryWorld();
      await world.outage({ callers: [{ number: FOREIGN, lines: 2 }] }, ...PEOPLE);
      configure(world, { number: OURS, lines: 2 });
      await tendOutages(world.services);
      expect(called(world)).toBe(0);
      await mend(world);
      await tendOutages(world.services);
      expect(called(world)).toBe(2);
      expect(await view(world)).toMatchObject({ state: 'running', lines: 2 });
      expect((await view(world)).unusedCallers).toBeUndefined();
    }
  });

  it('is used with as many lines as the setting leaves it', async () => {
    const world = await withCallsFrom({ number: FOREIGN, lines: 3 });
    configure(world, { number: FOREIGN, lines: 1 });
    expect(await view(world)).toMatchObject({ unusedCallers: [{ number: FOREIGN, lines: 2 }], lines: 1 });
    const outage = (await world.services.outages.read('storm')).outage;
    for (const line of await world.services.lines.list()) await passOnLine(world.services, outage, line);
    await tendOutages(world.services);
    expect(await lineIds(world)).toHaveLength(1);
  });

  it('does not keep the people from the all-clear', async () => {
    const world = await withCallsFrom({ number: FOREIGN, lines: 2 });
    configure(world, { number: OURS, lines: 2 });
    await restoreOutage(world.services, 'storm', { message: 'https://audio.example/over.wav' });
    expect((await world.services.outages.read('storm-all-clear')).outage.callers).toEqual(world.callers);
  });
});

describe('a line that no setting names', () => {
  it('is not removed if it was leased since it was read', async () => {
    const { services, now } = new MemoryWorld();
    await services.lines.ensure([{ number: OURS, lines: 2 }], []);
    const [taken, free] = await services.lines.list();
    if (!taken || !free) throw new Error('there are two lines');
    await services.lines.lease(taken, 'storm|ann|1', new Date(now.getTime() + 60_000), now);
    await services.lines.remove([taken], () => now);
    await services.lines.remove([free], () => now);
    expect((await services.lines.list()).map(({ lineId }) => lineId)).toEqual([taken.lineId]);
  });
});
