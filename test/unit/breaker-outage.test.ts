import { describe, expect, it } from 'vitest';
import { cancelOutage, resumeOutage } from '../../src/lib/outages/steer.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { listOutages, type OutageView, viewOutage } from '../../src/lib/views/outage-view.ts';
import { type Fate, Switchboard } from './support/switchboard.ts';

const PROBE_SECONDS = 180;
const REFUSED: Fate = { refused: [400, '8523'] };
const NOT_OURS: Fate = { ends: { code: 404, subcode: 511404 } };
const UNKNOWN: Fate = { ends: { code: 404, subcode: 560404 } };
const BUSY: Fate = { ends: { code: 486, subcode: 560486 } };

describe('a caller number that is misconfigured', () => {
  /** Forty people on two lines of one number, with storage of their own. */
  class Town extends Switchboard {
    readonly id = 'storm';
    readonly number = '+14255550190';
    async begun(people = 40, spec: Partial<OutageSpec> = {}): Promise<this> {
      const numbers = Array.from({ length: people }, (_, person) => `+1425558${String(person).padStart(4, '0')}`);
      await this.outage({ id: this.id, callers: [{ number: this.number, lines: 2 }], ...spec }, ...numbers);
      return this;
    }
    async view(): Promise<OutageView> {
      return viewOutage(this.app, (await this.app.outages.read(this.id)).outage);
    }
    /** Seconds of the calls that the service was asked for since. */
    since(second: number): number[] {
      return this.asked.filter((call) => call.second >= second).map((call) => call.second);
    }
  }

  it.each([
    ['refuses each call with 400/8523', REFUSED, '400 8523'],
    ['ends each call with 404/511404', NOT_OURS, '404/511404'],
  ])('stops nobody’s outcome: the service %s', async (_, fate, code) => {
    const town = await new Town().begun();
    town.fateOf = () => fate;
    await town.lives(240);
    expect(town.asked.length).toBeGreaterThanOrEqual(10);
    expect(town.asked.length).toBeLessThanOrEqual(12);
    const tripped = town.second;
    await town.lives(2 * PROBE_SECONDS);
    expect(town.since(tripped).length).toBeLessThanOrEqual(3);
    const view = await town.view();
    expect(view).toMatchObject({ state: 'paused', outcomes: {}, attempts: 0, states: { done: 0 } });
    expect(view.pausedBecause).toContain(code);
    expect(view.resting).toMatchObject([{ number: town.number }]);
    expect(view.actions).toEqual(expect.arrayContaining(['resume', 'cancel']));
    const entry = (await listOutages(town.app)).find(({ id }) => id === town.id);
    expect(entry).toMatchObject({ state: 'paused', pausedBecause: view.pausedBecause });
    expect(town.log.filter((line) => /caller number …\d\d rests since .*concerns us/.test(line))).not.toEqual([]);
  });

  it('is probed every few minutes, and the first call that somebody answers ends the rest', async () => {
    const town = await new Town().begun();
    town.fateOf = () => NOT_OURS;
    await town.lives(240 + 2 * PROBE_SECONDS);
    const probes = town.since(240);
    expect(probes.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...probes.slice(1).map((second, index) => second - (probes[index] ?? 0)))).toBeGreaterThanOrEqual(
      PROBE_SECONDS,
    );
    town.fateOf = () => 'answers';
    await town.lives(PROBE_SECONDS + 60);
    expect(await town.view()).toMatchObject({ state: 'finished', outcomes: { acknowledged: 40 } });
  });

  it('is called from again once a probe rings, though nobody answers', async () => {
    const town = await new Town().begun();
    town.fateOf = () => NOT_OURS;
    await town.lives(240);
    town.fateOf = () => BUSY;
    const mended = town.second;
    await town.lives(PROBE_SECONDS + 60);
    expect(town.since(mended).length).toBeGreaterThanOrEqual(40);
    expect((await town.view()).resting).toBeUndefined();
  });

  it('is called from again at once when people say so', async () => {
    const town = await new Town().begun();
    town.fateOf = () => NOT_OURS;
    await town.lives(240);
    town.fateOf = () => 'answers';
    await resumeOutage(town.app, town.id);
    expect((await town.view()).resting).toBeUndefined();
    await town.lives(60);
    expect(await town.view()).toMatchObject({ state: 'finished', outcomes: { acknowledged: 40 } });
  });

  it('rests again if people end its rest too early', async () => {
    const town = await new Town().begun();
    town.fateOf = () => NOT_OURS;
    await town.lives(240);
    const resumed = town.second;
    await resumeOutage(town.app, town.id);
    await town.lives(240);
    expect(town.since(resumed).length).toBeLessThanOrEqual(12);
    expect(await town.view()).toMatchObject({ state: 'paused', outcomes: {} });
  });

  it('does not keep people from cancelling', async () => {
    const town = await new Town().begun();
    town.fateOf = () => NOT_OURS;
    await town.lives(240);
    await cancelOutage(town.app, town.id, {});
    await town.lives(30);
    const view = await town.view();
    expect(view).toMatchObject({ state: 'cancelled', outcomes: { cancelled: 40 } });
    expect(view.resting).toBeUndefined();
  });

  it('rests if everybody’s number is unknown, with nobody reached between, and nobody is a wrong number', async () => {
    const town = await new Town().begun();
    town.fateOf = () => UNKNOWN;
    await town.lives(240);
    expect(town.asked.length).toBeLessThanOrEqual(12);
    expect(await town.view()).toMatchObject({ state: 'paused', outcomes: {} });
    town.fateOf = () => 'answers';
    await resumeOutage(town.app, town.id);
    await town.lives(400);
    expect(await town.view()).toMatchObject({ state: 'finished', outcomes: { acknowledged: 40 } });
  });

  it('is not suspected for ten wrong numbers among people who answer', async () => {
    const town = await new Town().begun();
    town.fateOf = (to) => (Number(to.slice(-2)) % 4 === 3 ? UNKNOWN : 'answers');
    await town.lives(1_500);
    expect(await town.view()).toMatchObject({ state: 'finished', outcomes: { acknowledged: 30, failed: 10 } });
    expect(town.log.filter((line) => line.includes('rests since'))).toEqual([]);
  });

  it('does not hide that the calls to one person are refused while others are reached', async () => {
    const town = await new Town().begun(3, { retry: { maxAttempts: 2, delaySeconds: { failed: 30, busy: 60 } } });
    town.fateOf = (to) => (to.endsWith('0') ? NOT_OURS : town.second < 30 ? BUSY : 'answers');
    await town.lives(400);
    expect(await town.view()).toMatchObject({ state: 'finished', outcomes: { acknowledged: 2, failed: 1 } });
  });

  it('keeps a call by hand waiting', async () => {
    const town = await new Town().begun();
    town.fateOf = () => NOT_OURS;
    await town.lives(240);
    town.fateOf = () => 'answers';
    const before = town.asked.length;
    const target = { phoneNumber: { value: '+14255559999' } };
    const message = { requestId: `by-hand-${town.id}`, targets: [target], callerNumber: town.number };
    await town.queues.send('start-call', message);
    await town.lives(20);
    expect(town.asked.slice(before).map(({ to }) => to)).not.toContain('+14255559999');
    await resumeOutage(town.app, town.id);
    await town.lives(400);
    expect(town.asked.map(({ to }) => to)).toContain('+14255559999');
  });
});
