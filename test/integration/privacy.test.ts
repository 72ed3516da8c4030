import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../src/lib/config/settings.ts';
import { ErasureReceipt } from '../../src/lib/privacy/erase-person.ts';
import { PersonExport } from '../../src/lib/privacy/export-person.ts';
import { forgetPeople } from '../../src/lib/privacy/forget-people.ts';
import { compose } from '../../src/lib/services/compose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { KEPT_IN_QUEUES, KEPT_IN_TABLES } from '../../src/lib/storage/personal-data.ts';
import { ask as askAt, type OperationName } from './support/api.ts';
import type { Callee } from './support/callee.ts';
import { eventually } from './support/eventually.ts';
import { dumpOf, placesOf } from './support/storage-dump.ts';
import { type Outage, Town } from './support/town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.found();
}, 60_000);
afterAll(() => town?.close());

const ask = (name: OperationName, phone: string) => askAt(town.stack, name, { body: { phone } });
const dump = () => dumpOf(town.stack.storage);

/** The digits that no other number has, as people write them in a list. */
const digitsOf = ({ identity }: Callee): string => identity.slice(2);

/** An outage that calls these people, with names that nothing else contains. */
async function callAll(...people: readonly (readonly [Callee, string])[]): Promise<Outage> {
  const outage = await town.declare([]);
  const rows = people.map(([{ identity }, name]) => `${identity},${name}`);
  await outage.add(['phone,name', ...rows].join('\n'));
  return outage.run();
}

/** The same app, this many days later. */
function inDays(days: number): Services {
  const services = compose(readSettings(town.stack.settings));
  return { ...services, now: () => new Date(Date.now() + days * 24 * 3600 * 1000) };
}

test('every table and queue of the app says which personal data are in it', async () => {
  const tables = new Set(Object.keys(KEPT_IN_TABLES));
  const queues = new Set(Object.keys(KEPT_IN_QUEUES).flatMap((queue) => [queue, `${queue}-poison`]));
  const found = [...(await dump()).keys()];
  expect(found.filter((name) => !tables.has(name) && !queues.has(name))).toEqual([]);
});

test('a person is exported and erased everywhere, and stays opted out', async () => {
  const [ada, bob] = [town.callee().answers().hears('message').presses('9').stays(), town.callee().answers().stays()];
  const outage = await callAll([ada, 'Ada Quuxworth'], [bob, 'Bob Corgefield']);
  const [area, exchange, line] = [digitsOf(ada).slice(0, 3), digitsOf(ada).slice(3, 6), digitsOf(ada).slice(6)];
  await outage.add(`phone,name\n+1 (${area}) ${exchange}-${line} ext 4,Ada Quuxworth\n12,Bob Corgefield`);
  await town.enqueue('start-call', { targets: [{ phoneNumber: { value: ada.identity } }], audioFileUri: 42 });
  await town.enqueue('start-call', { targets: [{ phoneNumber: { value: bob.identity } }], audioFileUri: 42 });
  await eventually(async () => {
    const { peekedMessageItems } = await town.queue('start-call-poison').peekMessages({ numberOfMessages: 32 });
    expect(peekedMessageItems).toHaveLength(2);
  });

  const before = await dump();
  const call = town.callsTo(ada)[0]?.callLegId ?? '';
  expect(placesOf(before, ada.identity, call)).toEqual(['CallLegs', 'OptOuts', 'Recipients', 'start-call-poison']);

  const exported = PersonExport.parse((await ask('exportPerson', digitsOf(ada))).body);
  expect(exported).toMatchObject({
    number: ada.identity,
    optOut: { outageId: outage.id },
    outages: [{ id: outage.id, recipient: { name: 'Ada Quuxworth' }, rejectedRows: [{ line: 2 }], isOperator: false }],
    messages: [{ queue: 'start-call' }],
  });
  expect(exported.calls[0]?.events.length).toBeGreaterThan(3);
  expect(JSON.stringify(exported)).not.toContain(bob.identity);

  const receipt = ErasureReceipt.parse((await ask('erasePerson', ada.identity)).body);
  expect(receipt).toMatchObject({ recipients: 1, rejectedRows: 1, calls: 1, messages: 1, optOut: 'kept' });
  const after = await dump();
  expect(placesOf(after, digitsOf(ada), 'Quuxworth', `${exchange}-${line} ext`, call)).toEqual([]);
  expect(placesOf(after, bob.identity)).toContain('Recipients');
  expect(await town.view(outage.id)).toMatchObject({ recipients: 2, states: { done: 2 } });
  expect(await ask('findOptOut', ada.identity)).toMatchObject({ status: 200 });
  expect(await ask('erasePerson', ada.identity)).toMatchObject({
    body: { recipients: 0, rejectedRows: 0, calls: 0, messages: 0, optOut: 'kept' },
  });
}, 60_000);

test('a person in a call is not erased before it ends, and one who waits is not called any more', async () => {
  const [cat, dan] = [town.callee().answers().stays(), town.callee()];
  const outage = await town.declare([cat, dan], { callers: [{ number: town.callerNumber(), lines: 1 }] });
  const isCalling = (): boolean => town.callsTo(cat).length + town.callsTo(dan).length > 0;
  await town.tick();
  await eventually(() => expect(isCalling()).toBe(true));
  const [busy, waiting] = town.callsTo(cat).length > 0 ? [cat, dan] : [dan, cat];
  expect(await ask('erasePerson', busy.identity)).toMatchObject({ status: 409 });
  expect(await ask('erasePerson', waiting.identity)).toMatchObject({ status: 200, body: { recipients: 1 } });
  await outage.ended();
  expect(town.callsTo(waiting)).toEqual([]);
  expect(placesOf(await dump(), waiting.identity)).toEqual([]);
}, 60_000);

test('the people of an outage are reduced to counts once it has ended long ago', async () => {
  const [eve, fay] = [town.callee().answers().hears('message').presses('1').stays(), town.callee().isBusy().isBusy()];
  const outage = await callAll([eve, 'Eve Graultham'], [fay, 'Fay Garplyson']);
  await outage.add('phone,name\n12,Eve Graultham');
  await eventually(async () => {
    expect((await town.view(outage.id)).state).toBe('finished');
    return town.tick();
  });
  const view = await town.view(outage.id);
  expect(await forgetPeople(inDays(89), 100)).toBe(0);
  const calls = [eve, fay].flatMap((callee) => town.callsTo(callee).map(({ callLegId }) => callLegId));
  expect(placesOf(await dump(), eve.identity, ...calls)).toEqual(['CallLegs', 'Recipients']);
  // A run that may only do a part is continued by the next one.
  expect(await forgetPeople(inDays(91), 1)).toBe(1);
  await forgetPeople(inDays(91), 100);
  expect(placesOf(await dump(), eve.identity, fay.identity, 'Graultham', 'Garplyson', ...calls)).toEqual([]);
  const { recipients, states, outcomes, attempts } = view;
  expect(await town.view(outage.id)).toMatchObject({ recipients, states, outcomes, attempts });
}, 60_000);
