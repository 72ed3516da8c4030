import { describe, expect, it } from 'vitest';
import { endRests, noteReached, noteTrouble, takeProbe } from '../../src/lib/outages/caller-standing.ts';
import { isResting, PROBE_EVERY_MS, type Trouble } from '../../src/lib/rules/calls/breaker.ts';
import { MemoryWorld } from '../unit/support/memory-services.ts';
import { onEachStore } from '../unit/support/table-stores.ts';

onEachStore((opened) => {
  describe('a caller number', () => {
    let last = 0;

    /** A number of its own for each test, with two lines. */
    class Desk extends MemoryWorld {
      readonly number = `+1425556${String(++last).padStart(4, '0')}`;
      #calls = 0;
      constructor() {
        super(opened.store);
      }
      async opened(): Promise<this> {
        await this.services.lines.ensure([{ number: this.number, lines: 2 }], []);
        return this;
      }
      trouble(): Trouble {
        this.passes(1);
        return { means: 'ours', code: '404/511404', whose: `leg-${++this.#calls}`, placedAt: this.now.toISOString() };
      }
      fail = () => noteTrouble(this.services, this.number, this.trouble());
      async known() {
        const stored = (await this.services.lines.survey()).callers.get(this.number);
        return stored ?? expect.fail('nothing is known of the number');
      }
      /** A call ends that was placed now and reached somebody. */
      async reaches(): Promise<void> {
        this.passes(1);
        const line = (await this.services.lines.list()).find(({ number }) => number === this.number);
        await this.services.lines.free(line ?? expect.fail('no line'), this.now, this.now.toISOString());
      }
    }

    it('rests after ten failed calls, and the tenth says so', async () => {
      const desk = await new Desk().opened();
      const standings = [];
      for (let call = 0; call < 12; call++) standings.push(await desk.fail());
      expect(standings.map(({ hasTripped }) => hasTripped)).toEqual([...Array(9).fill(false), true, false, false]);
      expect(isResting((await desk.known()).caller)).toBe(true);
    });

    it('rests although its calls fail at the same time', async () => {
      const desk = await new Desk().opened();
      const burst = () => Promise.all(Array.from({ length: 20 }, () => desk.fail()));
      for (const _ of [1, 2]) await burst();
      expect(isResting((await desk.known()).caller)).toBe(true);
    });

    it('counts afresh after a call on one of its lines reached somebody', async () => {
      const desk = await new Desk().opened();
      for (let call = 0; call < 9; call++) await desk.fail();
      await desk.reaches();
      for (let call = 0; call < 9; call++) await desk.fail();
      expect(isResting((await desk.known()).caller)).toBe(false);
    });

    it('does not rest again at the first failure after a call on one of its lines ended its rest', async () => {
      const desk = await new Desk().opened();
      for (let call = 0; call < 10; call++) await desk.fail();
      await desk.reaches();
      await desk.fail();
      expect(isResting((await desk.known()).caller)).toBe(false);
    });

    it('keeps the time at which somebody was reached while its line is leased again', async () => {
      const desk = await new Desk().opened();
      await desk.reaches();
      const [line] = (await desk.services.lines.list()).filter(({ number }) => number === desk.number);
      await desk.services.lines.lease(line ?? expect.fail('no line'), 'storm|ann|1', desk.now, desk.now);
      expect((await desk.known()).caller.reachedAt).toBe(desk.now.toISOString());
    });

    it('is probed by one process at a time', async () => {
      const desk = await new Desk().opened();
      for (let call = 0; call < 10; call++) await desk.fail();
      const take = async () => takeProbe(desk.services, await desk.known());
      expect(await take()).toBe(false);
      desk.passes(PROBE_EVERY_MS / 1000);
      const stored = await desk.known();
      const taken = await Promise.all([1, 2, 3].map(() => takeProbe(desk.services, stored)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await take()).toBe(false);
    });

    it('rests no longer once a call that was placed since reaches somebody, or people say so', async () => {
      const desk = await new Desk().opened();
      for (let call = 0; call < 10; call++) await desk.fail();
      await noteReached(desk.services, desk.number, '2026-01-05T07:59:59.000Z');
      expect(isResting((await desk.known()).caller)).toBe(true);
      await noteReached(desk.services, desk.number, desk.now.toISOString());
      expect(isResting((await desk.known()).caller)).toBe(false);
      for (let call = 0; call < 10; call++) await desk.fail();
      await endRests(desk.services, [desk.number, '+14255550000']);
      expect(isResting((await desk.known()).caller)).toBe(false);
    });
  });
});
