import { describe, expect, it } from 'vitest';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { cancelOutage, launchOutage } from '../../src/lib/outages/steer.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { MemoryWorld } from './support/memory-services.ts';

const DRAFT = { id: 'storm', title: 'Storm', script: { message: 'https://audio.example/message.wav' }, shards: 1 };

class Desk extends MemoryWorld {
  async declares(spec: object = {}): Promise<void> {
    await declareOutage(this.services, { ...DRAFT, ...spec });
    await importNumbers(this.services, 'storm', ['+14255550121', '+14255550122']);
  }

  async view() {
    return viewOutage(this.services, (await this.services.outages.read('storm')).outage);
  }

  /** Several ticks; returns how many calls were asked for in all. */
  async called(): Promise<number> {
    for (let tick = 0; tick < 4; tick++) {
      await tendOutages(this.services);
      this.passes(10);
    }
    return this.queues.on('start-call').length;
  }
}

describe('an outage', () => {
  it('is a draft, of which nobody is called, until it is launched', async () => {
    const desk = new Desk();
    await desk.declares();
    expect(await desk.called()).toBe(0);
    expect(await desk.view()).toMatchObject({
      state: 'draft',
      recipients: 2,
      actions: ['launch', 'cancel', 'patch', 'upload'],
    });
    expect(await launchOutage(desk.services, 'storm')).toMatchObject({ state: 'running' });
    expect(await desk.called()).toBe(2);
  });

  it('that is declared as launched is none', async () => {
    const desk = new Desk();
    await desk.declares({ launch: true });
    expect(await desk.called()).toBe(2);
  });

  it('that begins later waits for its time once it is launched, and not before', async () => {
    const desk = new Desk();
    await desk.declares({ startAt: '2026-01-05T08:05:00Z' });
    desk.passes(600);
    expect(await desk.called()).toBe(0);
    const early = new Desk();
    await early.declares({ startAt: '2026-01-05T08:05:00Z' });
    expect(await launchOutage(early.services, 'storm')).toMatchObject({ state: 'scheduled' });
    expect(await early.called()).toBe(0);
    early.passes(300);
    expect(await early.called()).toBe(2);
  });

  it('can be launched again without a change, and not once it is being cancelled', async () => {
    const desk = new Desk();
    await desk.declares();
    const launched = await launchOutage(desk.services, 'storm');
    expect(await launchOutage(desk.services, 'storm')).toEqual(launched);
    await cancelOutage(desk.services, 'storm', {});
    await expect(launchOutage(desk.services, 'storm')).rejects.toThrow(
      'launch is not possible, because it is being cancelled',
    );
  });

  it('that is a draft ends without a call if it is cancelled or expires', async () => {
    const cancelled = new Desk();
    await cancelled.declares();
    await cancelOutage(cancelled.services, 'storm', {});
    expect(await cancelled.called()).toBe(0);
    expect(await cancelled.view()).toMatchObject({ state: 'cancelled', outcomes: { cancelled: 2 } });
    const expired = new Desk();
    await expired.declares({ expiresAt: '2026-01-05T08:05:00Z' });
    expired.passes(600);
    expect(await expired.called()).toBe(0);
    expect(await expired.view()).toMatchObject({ state: 'finished' });
  });
});
