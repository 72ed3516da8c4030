import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mentionsOf } from '../../src/lib/privacy/find-person.ts';
import type { QueueName } from '../../src/lib/storage/queue-store.ts';
import { Collector } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

/** Every line that the app logs, every span, URL and metric that it sends: none shows a person, whatever goes wrong. */

let collector: Collector;
let town: Town;
const log: string[] = [];

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => log.push(String(chunk)) > 0);
  collector = await Collector.open();
  town = await Town.found({ settings: collector.settings, logLevel: 'debug', showLog: true });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await town.close();
  await collector.close();
});

const FULL_WIDTH = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

const poisoned = async (queue: QueueName): Promise<number> =>
  (await town.queue(`${queue}-poison`).peekMessages({ numberOfMessages: 32 })).peekedMessageItems.length;

/** Sends a request to the app, with the function key. */
const send = (method: string, path: string, type: string, body: string): Promise<Response> =>
  fetch(`${town.stack.url}/api/${path}`, {
    method,
    headers: { 'x-functions-key': town.stack.functionKey, 'content-type': type },
    body,
  });

test('nothing that leaves the app shows a number, a name or a token, in a whole outage and in its failures', async () => {
  await eventually(async () => {
    await town.tick();
    expect([...collector.traces().values()].flat()).toContain('notifyOutages');
  }, 60_000);
  const [ann, ben, cem] = [
    town.callee().answers().hears('message').presses('9').stays(),
    town.callee().isBusy().answers().stays(),
    town.callee(),
  ];
  const digits = [ann, ben, cem].map(({ identity }) => identity.slice(2));
  const [first = '', second = '', third = ''] = digits;
  const dashed = (text: string): string => `${text.slice(0, 3)}–${text.slice(3, 6)}–${text.slice(6)}`;

  // A call is refused and a request fails, then a whole outage runs; one of its people opts out.
  town.stack.simulator.faults({ throttled: { next: 1, only: ['createCall'], retryAfterSeconds: 1 } });
  const outage = await town.declare([]);
  const rows = [
    `"(${first.slice(0, 3)}) ${first.slice(3, 6)}-${first.slice(6)}",Zoë O’Quuxworth`,
    `${FULL_WIDTH(second)},"Bartholomew ""Graultham"", Jr."`,
    `x1${third},Cem Garplyson`,
    `%2B1${third},Cem Garplyson`,
    `${dashed(third)} ${third},Cem Garplyson`,
  ];
  const report = await outage.add(['phone,name', ...rows].join('\n'));
  expect(report).toMatchObject({ added: 2, rejected: 3 });
  await town.tick();
  await outage.ended();

  // Messages that fit no queue, and requests that are refused, with numbers in odd places.
  const messages: readonly [QueueName, string][] = [
    ['start-call', `{"targets":[{"phoneNumber":{"value":"tel:+1${third}"}}],"+1${third}":"Cem Garplyson"`],
    [
      'start-call',
      JSON.stringify({ targets: [{ phoneNumber: { value: dashed(third) } }], [`x1${third}`]: 'Garplyson' }),
    ],
    ['hang-up', JSON.stringify({ callLegId: { name: 'Cem Garplyson', phone: `%2B1${third}` } })],
  ];
  for (const [queue, message] of messages) await town.enqueue(queue, message);
  const token = town.callsTo(ann)[0]?.callbackUri.split('/').at(-1) ?? expect.fail('nobody was called');
  const answers = await Promise.all([
    send('POST', 'opt-outs', 'application/json', JSON.stringify({ phone: `x1${third}` })),
    send('POST', 'opt-outs', 'application/json', `{"phone":"+1${third}"`),
    send('POST', 'opt-outs/find', 'application/json', JSON.stringify({ phone: `+1${third}`, [`+1${third}`]: 1 })),
    send(
      'POST',
      `outages/${outage.id}/recipients`,
      'application/json',
      JSON.stringify({ phone: FULL_WIDTH(third).slice(3) }),
    ),
    send('POST', 'outages', 'application/json', JSON.stringify({ title: 7, [dashed(third)]: 'Cem Garplyson' })),
    send('POST', `call-events/${token}`, 'application/json', `[{"phone":"+1${third}"`),
    send('POST', `call-events/${token}`, 'application/json', JSON.stringify([{ [`+1${third}`]: 'Cem Garplyson' }])),
    send('POST', `call-events/${token.slice(0, -4)}`, 'application/json', '[]'),
  ]);
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  await eventually(async () => expect([await poisoned('start-call'), await poisoned('hang-up')]).toEqual([2, 1]));
  await town.stack.app().stop();
  await eventually(() => expect(collector.metric('ringdown.calls.started').length).toBeGreaterThan(0));

  const everything = [...log, ...collector.received].flatMap((text) => text.split('\n'));
  // What happened is in the log, or the search would prove nothing.
  const said = (words: RegExp): boolean => log.some((lines) => words.test(lines));
  expect(said(/The message does not fit its queue/)).toBe(true);
  expect(said(/is placed again in \d+ s \(429/)).toBe(true);
  const isPrivate = [
    ...[ann, ben, cem].map(({ identity }) => mentionsOf(identity)),
    (line: string) => /Quuxworth|Graultham|Garplyson/i.test(line),
    (line: string) => line.includes(token.split('.')[2] ?? token),
  ];
  expect(everything.filter((line) => isPrivate.some((shows) => shows(line)))).toEqual([]);
}, 150_000);
