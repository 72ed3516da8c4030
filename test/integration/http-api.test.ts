import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../src/lib/api/openapi.ts';
import { OPERATIONS } from '../../src/lib/api/operations.ts';
import { Activity } from '../../src/lib/views/activity.ts';
import { CallView } from '../../src/lib/views/call-view.ts';
import { CallsView } from '../../src/lib/views/calls-view.ts';
import { RecipientPage } from '../../src/lib/views/recipient-view.ts';
import { ask as askApp, OPERATION_NAMES, type OperationName } from './support/api.ts';
import type { Callee } from './support/callee.ts';
import { eventually } from './support/eventually.ts';
import { type Outage, Town } from './support/town.ts';

let town: Town;
/** A finished outage: Ada acknowledged, Bob was busy twice, and Cleo hung up. */
let storm: Outage;
let ada: Callee;
let bob: Callee;
let cleo: Callee;

const ask = (...[name, given]: [Parameters<typeof askApp>[1], Parameters<typeof askApp>[2]?]) =>
  askApp(town.stack, name, given);
const params = () => ({ id: storm.id });

beforeAll(async () => {
  town = await Town.found({ simulator: { speed: 8 } });
  ada = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  bob = town.callee().isBusy().isBusy();
  cleo = town.callee().answers().hears('message').hangsUp(5);
  storm = await town.declare([ada, bob, cleo]);
  await storm.run();
  await eventually(async () => expect((await town.view(storm.id)).state).toBe('finished'), 45_000);
}, 90_000);
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

const spec = (id: string) => ({
  id,
  title: 'Power cut',
  launch: true,
  startAt: '2030-01-01T00:00:00.000Z',
  script: { message: town.audio('message'), keys: { acknowledge: '1', optOut: '9' } },
});

describe('an outage', () => {
  test('is declared once, however often the declaration is sent', async () => {
    const id = randomUUID();
    const { status, headers, body } = await ask('createOutage', { body: spec(id) });
    expect({ status, location: headers.get('location') }).toEqual({ status: 201, location: `/api/outages/${id}` });
    const again = { ...spec(id), script: { keys: { optOut: '9', acknowledge: '1' }, message: town.audio('message') } };
    expect(await ask('createOutage', { body: again })).toMatchObject({
      status: 200,
      body: JSON.parse(JSON.stringify(body)),
    });
    expect(await ask('createOutage', { body: { ...spec(id), title: 'Another' } })).toMatchObject({
      status: 409,
      body: { title: 'Conflict', detail: `There is an outage ${id} already, with another declaration` },
    });
  });

  test('that is invalid is refused, with an error for each field', async () => {
    const body = { ...spec(randomUUID()), title: '', colour: 'red', script: {} };
    expect(await ask('createOutage', { body })).toMatchObject({
      status: 400,
      body: {
        errors: expect.arrayContaining([
          expect.stringMatching(/^title: /),
          expect.stringMatching(/^script\.message: /),
        ]),
      },
    });
    expect(await ask('createOutage', { body: '{' })).toMatchObject({ status: 400 });
  });

  test('is listed, the newest first', async () => {
    const id = randomUUID();
    await ask('createOutage', { body: spec(id) });
    const { body } = await ask('listOutages');
    const ids = JSON.parse(JSON.stringify(body)).outages.map((outage: { id: string }) => outage.id);
    expect(ids.indexOf(id)).toBeGreaterThanOrEqual(0);
    expect(ids.indexOf(id)).toBeLessThan(ids.indexOf(storm.id));
  });

  test('shows how many recipients have each outcome', async () => {
    expect((await ask('getOutage', { params: params() })).body).toMatchObject({
      id: storm.id,
      state: 'finished',
      recipients: 3,
      states: { waiting: 0, calling: 0, done: 3 },
      outcomes: { acknowledged: 1, busy: 1, answered: 1 },
      attempts: 4,
      callsInFlight: 0,
      lines: 2,
      actions: expect.arrayContaining(['upload']),
    });
  });

  test('that does not exist is not found by any route', async () => {
    const bodies: Partial<Record<OperationName, string | object>> = {
      importRecipients: 'phone\n',
      checkRecipients: 'phone\n',
      addRecipient: { phone: '+14255550121' },
      correctRecipient: {},
      patchOutage: { estimate: 'noon' },
      pauseOutage: {},
      resumeOutage: {},
      cancelOutage: {},
      restoreOutage: { message: town.audio('message') },
    };
    for (const name of OPERATION_NAMES.filter((each) => OPERATIONS[each].route.startsWith('outages/{id}'))) {
      const body = bodies[name];
      const given = {
        params: { id: 'nowhere', callLegId: 'none', recipientId: '0'.repeat(20) },
        ...(body !== undefined && { body }),
      };
      expect(await askApp(town.stack, name, given), name).toMatchObject({ status: 404 });
    }
  });

  test('with an invalid id is a bad request', async () => {
    const asked = await ask('getOutage', { params: { id: 'no such id' } });
    expect(asked).toMatchObject({ status: 400, body: { errors: [expect.stringMatching(/^id: /)] } });
  });
});

test('every route that needs a key refuses a missing or wrong one', async () => {
  for (const name of OPERATION_NAMES.filter((each) => !OPERATIONS[each].isAnonymous)) {
    for (const key of [null, 'wrong']) {
      const asked = await askApp(town.stack, name, {
        params: { ...params(), callLegId: 'leg', number: ada.identity, recipientId: '0'.repeat(20) },
        key,
      });
      expect(asked.status, name).toBe(401);
    }
  }
});

describe('the recipients of an outage', () => {
  test('are listed with their attempts', async () => {
    const { body } = await ask('listRecipients', { params: params() });
    const { recipients } = RecipientPage.parse(body);
    const states = recipients.map(({ phone, state, outcome }) => ({ phone, state, outcome }));
    expect(states).toHaveLength(3);
    expect(states).toContainEqual({ phone: ada.identity, state: 'done', outcome: 'acknowledged' });
    const busy = recipients.find(({ phone }) => phone === bob.identity);
    expect(busy?.attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'busy'],
      [2, 'busy'],
    ]);
  });

  test('are listed page by page, each once', async () => {
    const phones: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '1', ...(cursor && { cursor }) };
      const page = RecipientPage.parse((await ask('listRecipients', { params: params(), query })).body);
      expect(page.recipients.length).toBeLessThanOrEqual(1);
      phones.push(...page.recipients.map(({ phone }) => phone));
      cursor = page.cursor;
    } while (cursor);
    expect(phones.sort()).toEqual([ada.identity, bob.identity, cleo.identity].sort());
  });

  test('can be filtered by outcome', async () => {
    const found: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const query = { outcome: 'busy', ...(cursor && { cursor }) };
      const page = RecipientPage.parse((await ask('listRecipients', { params: params(), query })).body);
      found.push(...page.recipients.map(({ phone }) => phone));
      cursor = page.cursor;
    } while (cursor);
    expect(found).toEqual([bob.identity]);
  });

  test.each([{ limit: '0' }, { limit: '1001' }, { outcome: 'happy' }, { state: 'busy' }, { cursor: 'none of ours' }])(
    'cannot be listed by %j',
    async (query) => {
      const [member] = Object.keys(query);
      expect(await ask('listRecipients', { params: params(), query })).toMatchObject({
        status: 400,
        body: { errors: [expect.stringMatching(new RegExp(`^${member}: `))] },
      });
    },
  );

  test('are in the report, one row each, and a name that a spreadsheet would run as a formula is plain text', async () => {
    const outage = await town.declare([], { startAt: '2030-01-01T00:00:00.000Z' });
    await outage.add('phone,name\n+13015550150,"=HYPERLINK(""http://127.0.0.1"",""Ada, the first"")"\n');
    const { body, headers } = await ask('getReport', { params: { id: outage.id } });
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${outage.id}.csv"`);
    const [row] = parse(String(body), { columns: true });
    expect(row).toMatchObject({
      phone: '+13015550150',
      name: `'=HYPERLINK("http://127.0.0.1","Ada, the first")`,
      state: 'waiting',
      outcome: '',
      attempts: '0',
    });
    const ended = parse(String((await ask('getReport', { params: params() })).body), { columns: true });
    expect(ended).toContainEqual(
      expect.objectContaining({
        phone: ada.identity,
        state: 'done',
        outcome: 'acknowledged',
        attempts: '1',
        lastCallLegId: town.callsTo(ada)[0]?.callLegId,
      }),
    );
    expect(ended).toHaveLength(3);
  });
});

describe('the calls of an outage', () => {
  test('are counted by the minute in which they ended', async () => {
    const { minutes } = Activity.parse((await ask('getActivity', { params: params() })).body);
    expect(minutes.reduce((sum, { ended }) => sum + ended, 0)).toBe(4);
    expect(minutes.reduce((sum, { answered }) => sum + answered, 0)).toBe(2);
    expect(minutes.map(({ at }) => at)).toEqual(minutes.map(({ at }) => at).toSorted());
    for (const { at } of minutes) expect(at).toMatch(/:00\.000Z$/);
  });

  test('are listed, the latest first', async () => {
    const { inFlight, latest } = CallsView.parse((await ask('listCalls', { params: params() })).body);
    expect(inFlight).toEqual([]);
    expect(latest.map(({ at }) => at)).toEqual(
      latest
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    expect(latest).toHaveLength(4);
    const [call] = town.callsTo(ada);
    expect(latest).toContainEqual(
      expect.objectContaining({ phone: ada.identity, attempt: 1, outcome: 'acknowledged', callLegId: call?.callLegId }),
    );
    expect(CallsView.parse((await ask('listCalls', { params: params(), query: { limit: '1' } })).body).latest).toEqual([
      latest[0],
    ]);
  });

  test('in progress are listed with their recipients', async () => {
    const dora = town.callee().answers().hears('message').stays();
    const outage = await town.declare([dora], { script: { keyWaitSeconds: 60 } });
    await town.tick();
    await town.hears(dora, 'message');
    const [call] = town.callsTo(dora);
    const { inFlight } = CallsView.parse((await ask('listCalls', { params: { id: outage.id } })).body);
    expect(inFlight).toMatchObject([{ phone: dora.identity, attempt: 1, callLegId: call?.callLegId }]);
    expect((await ask('getOutage', { params: { id: outage.id } })).body).toMatchObject({
      state: 'running',
      states: { waiting: 0, calling: 1, done: 0 },
      callsInFlight: 1,
    });
    town.press(dora, '1');
    await outage.ended();
  });

  test('have a timeline in order of time', async () => {
    const callLegId = town.callsTo(ada)[0]?.callLegId ?? '';
    const { status, body } = await ask('getOutageCall', { params: { ...params(), callLegId } });
    expect(status).toBe(200);
    const { timeline, ...call } = CallView.parse(body);
    expect(call).toMatchObject({ callLegId, state: 'terminated', stage: 'ended', outcome: 'acknowledged' });
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted());
    expect(timeline).toContainEqual(expect.objectContaining({ kind: 'event', detail: 'key 1' }));
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: 'action', name: 'play-audio', detail: 'message-1', status: 'done' }),
    );
    expect(JSON.stringify(timeline)).not.toContain(ada.identity);
    expect((await ask('getCall', { params: { callLegId } })).body).toEqual(body);
  });

  test('cannot be read through another outage', async () => {
    const other = await town.declare([]);
    const callLegId = town.callsTo(ada)[0]?.callLegId ?? '';
    expect(await ask('getOutageCall', { params: { id: other.id, callLegId } })).toMatchObject({ status: 404 });
  });
});

describe('a number', () => {
  test('that has opted out is not called until the opt-out is removed', async () => {
    const eve = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
    const of = { body: { phone: eve.identity } };
    expect(await ask('findOptOut', of)).toMatchObject({ status: 404 });
    const { body } = await ask('addOptOut', of);
    expect(body).toMatchObject({ number: eve.identity });
    expect(await ask('addOptOut', of)).toMatchObject({ status: 200, body });
    expect(await ask('findOptOut', of)).toMatchObject({ status: 200, body });
    const first = await (await town.declare([eve])).run();
    expect((await town.recipient(first.id, eve))?.outcome).toBe('optedOut');
    expect(await ask('removeOptOut', of)).toMatchObject({ status: 204 });
    expect(await ask('removeOptOut', of)).toMatchObject({ status: 204 });
    const second = await (await town.declare([eve])).run();
    await second.expectOutcome(eve, 'acknowledged');
  });

  test('may be written in national format', async () => {
    await ask('addOptOut', { body: { phone: '(301) 555-0177', country: 'US' } });
    expect(await ask('findOptOut', { body: { phone: '+13015550177' } })).toMatchObject({ status: 200 });
    expect(await ask('addOptOut', { body: { phone: 'nobody' } })).toMatchObject({
      status: 400,
      body: { errors: ['phone: has letters'] },
    });
  });

  test('that opts out in a call is recorded with the outage of the call', async () => {
    const kim = town.callee().answers().hears('message').presses('9').stays();
    const outage = await (await town.declare([kim])).run();
    expect((await ask('findOptOut', { body: { phone: kim.identity } })).body).toMatchObject({ outageId: outage.id });
  });
});

describe('the app', () => {
  test('reports that it is healthy, without a key', async () => {
    const { status, body } = await ask('getHealth', { key: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok', checks: { storage: 'ok', configuration: 'ok' } });
  });

  test('has exactly the HTTP functions that its documents name', () => {
    const registered = town.stack.functions.flatMap((each) =>
      each.trigger === 'http' ? [`${each.methods.join()} ${new URL(each.url).pathname} ${each.authLevel}`] : [],
    );
    const documented = Object.values(OPERATIONS).map(
      ({ method, isHeadToo, route, isAnonymous }) =>
        `${method}${isHeadToo ? ',HEAD' : ''} /api/${route} ${isAnonymous ? 'anonymous' : 'function'}`,
    );
    expect(registered.map(decodeURIComponent).sort()).toEqual(documented.sort());
  });

  test('serves its OpenAPI document', async () => {
    const { body } = await ask('getOpenApi');
    expect(body).toEqual(JSON.parse(JSON.stringify(openApi())));
  });
});
