import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityEndpoint } from '../fixtures/identity-endpoint.ts';
import { Collector } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

/** The whole app, which sends its telemetry to a collector in this test. */

const SECRET = 'this secret signs callbacks and must stay here';
/** Spans of every call with a message, a key and a closing text. There may also be a cancel: that depends on timing. */
const STEPS = [
  'dispatch',
  'queue start-call',
  'acs createCall',
  'event CallLegStateChanged',
  'queue play-audio',
  'acs playAudio',
  'event DtmfReceived',
  'event PlayAudioResult',
  'queue hang-up',
  'acs hangUp',
];

const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
/** What the app sends on purpose, and the resource that the exporter adds to each batch of spans. */
const OURS = /^(_OTELRESOURCE_$|ringdown\.|notifyOutages$|dispatch$|(queue|acs|event) )/;

let collector: Collector;
let identities: IdentityEndpoint;
let town: Town;

beforeAll(async () => {
  [collector, identities] = await Promise.all([Collector.open(), IdentityEndpoint.open()]);
  identities.audience = 'https://monitor.azure.com';
  const settings = {
    ...collector.settings,
    ...identities.settings,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `Authorization=AAD;ClientId=${CLIENT_ID}`,
    CALLBACK_SECRET: SECRET,
    NUMBER_SECRET: 'another secret of more than thirty-two characters',
  };
  town = await Town.found({ settings, logLevel: 'debug' });
});
afterAll(async () => {
  await town.close();
  await Promise.all([collector.close(), identities.close()]);
});

test('one call is one trace, from dispatch to outcome, and no number, name or token leaves the app', {
  timeout: 60_000,
}, async () => {
  // Telemetry starts when the app has been idle, seconds after its first answer.
  await eventually(async () => {
    await town.tick();
    expect([...collector.traces().values()].flat()).toContain('notifyOutages');
  });
  const ann = town.callee().answers().hears('message').presses('1').hears('thanks');
  const outage = await town.declare([], {});
  expect(await outage.add(`phone,name\n${ann.identity},Annabel Lee\n`)).toMatchObject({ added: 1 });
  await town.tick();
  await outage.ended();
  ann.expectHeard();

  await eventually(() => {
    const [trace = []] = [...collector.traces().values()].filter((names) => names.includes('dispatch'));
    expect(trace).toEqual(expect.arrayContaining(STEPS));
    expect(trace.filter((name) => name === 'dispatch')).toHaveLength(1);
  });
  // Application Insights takes no key, so every request carries a token of the identity that the settings name.
  expect(identities.asked[0]).toMatchObject({ resource: 'https://monitor.azure.com', client_id: CLIENT_ID });
  for (const authorization of collector.authorizations) expect(authorization).toMatch(/^Bearer eyJ/);

  // The app sends metrics once a minute, and when it stops.
  await town.stack.app().stop();
  await eventually(() => expect(collector.metric('ringdown.calls.started')).toEqual([1]));
  expect(collector.metric('ringdown.calls.answered')).toEqual([1]);
  expect(collector.metric('ringdown.calls.acknowledged')).toEqual([1]);
  expect(collector.metric('ringdown.calls.failed')).toEqual([]);
  // The last tick ran during the call or after it.
  const [linesInUse] = collector.metric('ringdown.lines.in_use');
  expect([0, 1]).toContain(linesInUse);
  expect(collector.metric('ringdown.due_lag')[0]).toBeGreaterThanOrEqual(0);
  const [firstAudio = 0] = collector.metric('ringdown.answer_to_first_audio');
  expect(firstAudio).toBeGreaterThan(0);
  expect(firstAudio).toBeLessThan(10_000);

  // Each item is paid for: nothing but our spans and metrics, and no log of a library.
  const unknown = collector.envelopes().flatMap(({ name, data: { baseType, baseData } }) => {
    const names = baseData.metrics?.map((metric) => metric.name) ?? [baseData.name ?? ''];
    return names.filter((each) => !OURS.test(each)).map((each) => `${name} ${baseType} ${each}`);
  });
  expect(unknown).toEqual([]);

  const everything = [...collector.received, town.stack.app().stderrTail()].join('\n');
  const [call] = town.stack.simulator.calls().calls;
  const token = call?.callbackUri.split('/').at(-1) ?? expect.fail('nobody was called');
  for (const private_ of [ann.identity.slice(2), 'Annabel', 'Lee', token.split('.')[2], SECRET, town.stack.storage]) {
    expect(everything).not.toContain(private_);
  }
});
