import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutageView } from '../../src/lib/views/outage-view.ts';
import { ask, type OperationName } from './support/api.ts';
import type { Callee } from './support/callee.ts';
import { eventually } from './support/eventually.ts';
import { type Outage, Town } from './support/town.ts';

/** What people can do with an outage in progress, and which phones ring then. */

let town: Town;
beforeAll(async () => {
  town = await Town.found();
});
afterAll(() => town.close());

const doIt = async (name: OperationName, outage: Outage, body?: object) =>
  ask(town.stack, name, { params: { id: outage.id }, ...(body && { body }) });

async function done(name: OperationName, outage: Outage, body?: object): Promise<OutageView> {
  const answered = await doIt(name, outage, body);
  expect(answered).toMatchObject({ status: 200 });
  return town.view(outage.id);
}

const stateOf = async (id: string): Promise<string> => (await town.view(id)).state;

/** Runs the timer until the outage has this state. */
const becomes = (id: string, state: string): Promise<void> =>
  eventually(async () => {
    await town.tick();
    expect(await stateOf(id)).toBe(state);
  });

const rang = (callee: Callee): number =>
  town.stack.simulator.calls().calls.filter(({ targets }) => targets.includes(callee.identity)).length;

const isInCall = async (callee: Callee): Promise<void> =>
  eventually(() => {
    const calls = town.stack.simulator.calls().calls.filter(({ targets }) => targets.includes(callee.identity));
    expect(calls.at(-1)?.state).toBe('Established');
  });

const LINE = (number: string) => ({ callers: [{ number, lines: 1 }] });

describe('an outage that is paused', () => {
  it('calls nobody else; the call in progress continues, and the others are called once it is resumed', async () => {
    const ada = town.callee().answers().hears('message').presses('1').hears('thanks');
    const bob = town.callee().answers().hears('message').presses('1').hears('thanks');
    const outage = await town.declare([], LINE(town.callerNumber()));
    expect((await done('pauseOutage', outage)).state).toBe('paused');
    await outage.add(`phone\n${ada.identity}\n${bob.identity}\n`);
    await town.tick();
    expect([rang(ada), rang(bob)]).toEqual([0, 0]);
    expect(await done('pauseOutage', outage)).toMatchObject({
      state: 'paused',
      actions: expect.arrayContaining(['resume']),
    });
    await done('resumeOutage', outage);
    await outage.run();
    await outage.expectOutcome(ada, 'acknowledged');
    await outage.expectOutcome(bob, 'acknowledged');
    expect([rang(ada), rang(bob)]).toEqual([1, 1]);
  });

  it('during a call lets the person hear the whole message, and no other phone rings', async () => {
    const people = [0, 1].map(() => town.callee().answers().hears('message').stays());
    const [first, second] = people;
    if (!first || !second) throw new Error('unreachable: two people were made');
    const outage = await town.declare(people, LINE(town.callerNumber()));
    await town.tick();
    await eventually(() => expect(rang(first) + rang(second)).toBe(1));
    await done('pauseOutage', outage);
    await eventually(async () => expect((await town.view(outage.id)).states).toMatchObject({ calling: 0, done: 1 }));
    await town.tick();
    expect(rang(first) + rang(second)).toBe(1);
    await done('resumeOutage', outage);
    await outage.run();
    for (const callee of people) await outage.expectOutcome(callee, 'heard');
  });
});

describe('an outage that is cancelled', () => {
  it('calls nobody else; the call in progress ends as usual', async () => {
    const people = [0, 1, 2].map(() => town.callee().answers().hears('message').presses('1').hears('thanks'));
    const outage = await town.declare(people, LINE(town.callerNumber()));
    await town.tick();
    await eventually(() => expect(people.map(rang).reduce((sum, times) => sum + times)).toBe(1));
    expect(await done('cancelOutage', outage)).toMatchObject({ state: 'cancelling' });
    await becomes(outage.id, 'cancelled');
    expect((await town.view(outage.id)).outcomes).toEqual({ acknowledged: 1, cancelled: 2 });
    expect(people.map(rang).sort()).toEqual([0, 0, 1]);
    expect(await doIt('resumeOutage', outage)).toMatchObject({ status: 409 });
    const more = { params: { id: outage.id }, body: 'phone\n+14255550123\n' };
    expect(await ask(town.stack, 'importRecipients', more)).toMatchObject({ status: 409 });
  });

  it('with hangUp ends the calls in progress', async () => {
    const ada = town.callee().answers().stays();
    const outage = await town.declare([ada], { ...LINE(town.callerNumber()), script: { keyWaitSeconds: 60 } });
    await town.tick();
    await isInCall(ada);
    expect(await done('cancelOutage', outage, { hangUp: true })).toMatchObject({ state: 'cancelling' });
    await becomes(outage.id, 'cancelled');
    const [call] = town.stack.simulator.calls().calls.filter(({ targets }) => targets.includes(ada.identity));
    expect(call?.state).toBe('Terminated');
    expect(call?.operations.filter(({ operation }) => operation === 'hangUp')).toHaveLength(1);
    expect(rang(ada)).toBe(1);
  });
});

describe('an outage that is over', () => {
  it('calls people who were told once with the all-clear, and nobody who was not told or opted out', async () => {
    const told = town.callee().answers().hears('message').presses('1').hears('thanks');
    const left = town.callee().answers().hears('message').presses('9');
    const away = town.callee().doesNotAnswer();
    const outage = await town.declare([told, left, away], { retry: { maxAttempts: 1, delaySeconds: {} } });
    await outage.run();
    told.answers().hears('unavailable').presses('1').hears('thanks');
    const restored = await done('restoreOutage', outage, { message: town.audio('unavailable') });
    expect(restored).toMatchObject({ state: 'restoring', allClearBy: `${outage.id}-all-clear` });
    await becomes(outage.id, 'restored');
    const allClear = await eventually(async () => {
      await town.tick();
      const view = await town.view(`${outage.id}-all-clear`);
      expect(view).toMatchObject({ state: 'finished', recipients: 1, outcomes: { acknowledged: 1 } });
      return view;
    });
    expect(allClear).toMatchObject({ allClearFor: outage.id, title: 'All-clear: Power cut' });
    expect([rang(told), rang(left), rang(away)]).toEqual([2, 1, 1]);
    told.expectHeard();
    left.expectHeard();
    expect(await doIt('restoreOutage', outage, { message: town.audio('thanks') })).toMatchObject({ status: 200 });
    await town.tick();
    expect(rang(told)).toBe(2);
  });

  it('while a person is in a call lets them hear the whole message, then the all-clear, and calls nobody new', async () => {
    const people = [0, 1, 2].map(() => town.callee().answers().hears('message').stays());
    const outage = await town.declare(people, LINE(town.callerNumber()));
    await town.tick();
    await eventually(() => expect(people.map(rang).reduce((sum, times) => sum + times)).toBe(1));
    const called = people.find((callee) => rang(callee) === 1);
    called?.answers().hears('thanks').stays();
    await done('restoreOutage', outage, { message: town.audio('thanks') });
    await becomes(outage.id, 'restored');
    await becomes(`${outage.id}-all-clear`, 'finished');
    expect(people.map(rang).sort()).toEqual([0, 0, 2]);
    called?.expectHeard();
    expect((await town.view(outage.id)).outcomes).toEqual({ heard: 1, cancelled: 2 });
  });
});

describe('an outage that is changed', () => {
  it('plays the new message in every later call', async () => {
    const ada = town.callee().answers().hears('unavailable').presses('1').hears('thanks');
    const outage = await town.declare([]);
    expect(await done('patchOutage', outage, { script: { message: town.audio('unavailable') } })).toMatchObject({
      script: { message: town.audio('unavailable'), thanks: town.audio('thanks') },
    });
    await outage.add(`phone\n${ada.identity}\n`);
    await outage.run();
    await outage.expectOutcome(ada, 'acknowledged');
  });

  it('stays as it was if the change is invalid, and the error names each problem', async () => {
    const outage = await town.declare([]);
    expect(await doIt('patchOutage', outage, { script: { message: 'no address' }, colour: 'red' })).toMatchObject({
      status: 400,
      body: { errors: [expect.stringContaining('script.message'), expect.stringContaining('colour')] },
    });
    expect((await town.view(outage.id)).script.message).toBe(town.audio('message'));
  });

  it('after everybody has an outcome refuses the change and gives the reason', async () => {
    const outage = await town.declare([town.callee().answers().hears('message').stays()]);
    await outage.run();
    await becomes(outage.id, 'finished');
    const { status, body } = await doIt('patchOutage', outage, { estimate: 'nine' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ detail: expect.stringMatching(/is finished.*everybody has an outcome.*restore/s) });
  });
});
