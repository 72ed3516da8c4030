import { expect, it } from 'vitest';
import { resumeOutage } from '../../src/lib/outages/steer.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { Switchboard } from '../unit/support/switchboard.ts';
import { onEachStore } from '../unit/support/table-stores.ts';

const number = '+14255550190';

onEachStore((opened) => {
  it('an outage is held up while its caller number is misconfigured, and goes on when people say so', async () => {
    const town = new Switchboard(opened.store);
    const people = Array.from({ length: 40 }, (_, person) => `+1425558${String(person).padStart(4, '0')}`);
    await town.outage({ callers: [{ number, lines: 2 }] }, ...people);
    const view = async () => viewOutage(town.app, (await town.app.outages.read('storm')).outage);
    town.fateOf = () => ({ ends: { code: 404, subcode: 511404 } });
    await town.lives(300);
    expect(town.asked.length).toBeLessThanOrEqual(12);
    expect(await view()).toMatchObject({ state: 'paused', outcomes: {}, resting: [{ number }] });
    town.fateOf = () => 'answers';
    await resumeOutage(town.app, 'storm');
    await town.lives(60);
    expect(await view()).toMatchObject({ state: 'finished', outcomes: { acknowledged: 40 } });
  }, 120_000);
});
