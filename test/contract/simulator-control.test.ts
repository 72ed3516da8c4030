import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Change, silentWav, startSimulator } from '../../simulator/simulator.ts';
import { CALLER, participantsIn, Telephone } from '../fixtures/telephone.ts';

/** Tests the control API, the limits and the library form of the simulator. */

const ANN = '+14255550123';
const BOB = '+14255550124';

const SIMULATOR = new URL('../../simulator/simulator.ts', import.meta.url).href;
const CLIENT = new URL('../../src/lib/call-automation/call-client.ts', import.meta.url).href;

let telephone: Telephone;
beforeEach(async () => {
  telephone = await Telephone.start();
});
afterEach(() => telephone.hangUpForGood());

describe('the limit of two concurrent calls per caller number', () => {
  it('refuses the third call with 429 until one has ended', async () => {
    telephone.simulator.people({ people: { '+1*': 'no answer after 600 s' } });
    const first = await telephone.call(ANN);
    await telephone.call(BOB);
    const third = () => telephone.signed('POST', '/calling/calls', telephone.callTo('+14255550125'));
    const refused = await third();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(refused.body).toEqual({ code: 'ConcurrentCallLimitExceeded', message: expect.any(String) });
    // Another number has its own lines, and calls to users of the resource need no line.
    await telephone.call('+14255550126', { sourceAlternateIdentity: { value: '+14255550101' } });
    await telephone.call('8:acs:somebody');
    await first.hangsUp();
    await first.is('Terminated');
    expect((await third()).status).toBe(200);
    const calls = telephone.simulator.calls();
    expect(calls).toMatchObject({ callsInFlight: 4, maxCallsInFlight: 4 });
    expect(calls.maxCallsInFlightByNumber).toEqual({ [CALLER]: 2, '+14255550101': 1 });
    // Nothing else rang: the refused call is not in the list.
    expect(calls.created).toEqual({
      [ANN]: 1,
      [BOB]: 1,
      '+14255550125': 1,
      '+14255550126': 1,
      '8:acs:somebody': 1,
    });
  });

  it('can be changed by an option', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ callsPerNumber: 3 });
    for (const number of [ANN, BOB, '+14255550125']) await telephone.call(number);
    await expect(telephone.call('+14255550126')).rejects.toMatchObject({ status: 429 });
  });
});

describe('the control API', () => {
  it('sets and shows what people do at /simulator/people', async () => {
    const { status, body } = await telephone.control('PUT', '/simulator/people', {
      people: { [ANN]: 'busy' },
      mix: { 'no answer': 1 },
      seed: 7,
    });
    expect(status).toBe(200);
    const described = { people: { [ANN]: ['busy after 1 s'] }, mix: { 'no answer after 25 s': 1 }, seed: 7 };
    expect(body).toEqual(described);
    expect((await telephone.control('GET', '/simulator/people')).body).toEqual(described);
    const call = await telephone.call(ANN);
    expect((await call.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 486 } });
  });

  it('shows the people, times, operations and events of each call at /simulator/calls', async () => {
    telephone.person(ANN, 'answers after 1 s, presses 1');
    const call = await telephone.call(ANN, { subject: 'Outage' });
    await call.is('Established');
    await call.plays(2, 'the message');
    await call.hears('PlayAudioResult');
    await call.invites('8:acs:operator');
    await call.hears('InviteParticipantResult');
    await call.hangsUp();
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    await telephone.simulator.waitFor(
      ({ calls }) => calls[0]?.events.at(-1)?.status === 200 && calls[0].state === 'Terminated',
    );
    const { body } = await telephone.control('GET', '/simulator/calls');
    expect(body).toMatchObject({
      callsInFlight: 0,
      created: { [ANN]: 1 },
      invited: { '8:acs:operator': 1 },
      calls: [
        {
          callLegId: call.id,
          placedBy: 'createCall',
          callerNumber: CALLER,
          targets: [ANN],
          subject: 'Outage',
          states: [
            { state: 'Establishing', at },
            { state: 'Established', at },
            { state: 'Terminating', at },
            { state: 'Terminated', at },
          ],
          people: [
            {
              identity: ANN,
              role: 'called',
              does: 'answers after 1 s, presses 1 after 2 s',
              answeredAt: at,
              leftAt: at,
            },
            { identity: '8:acs:operator', role: 'invited', answeredAt: at, leftAt: at },
          ],
          operations: [
            { operation: 'playAudio', operationContext: 'the message', status: 202, at },
            { operation: 'inviteParticipants', operationContext: 'invite 8:acs:operator', status: 202, at },
            { operation: 'hangUp', operationContext: null, status: 202, at },
          ],
        },
      ],
    });
    const events = call.record.events;
    expect(events.map(({ type, status, tries }) => [type, status, tries.length])).toContainEqual([
      'PlayAudioResult',
      200,
      1,
    ]);
    expect(events.map(({ event }) => event.data)).toEqual(call.callbacks.map(({ data }) => data));
  });

  it('shows all requests at /simulator/requests', async () => {
    await telephone.call(ANN);
    const { body } = await telephone.control('GET', '/simulator/requests');
    expect(body).toMatchObject({ requests: [{ operation: 'createCall', method: 'POST', status: 200 }] });
  });

  it('presses keys for the person in a call at /simulator/calls/{id}/tones', async () => {
    telephone.person(ANN, 'answers after 1 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    expect((await telephone.control('POST', `/simulator/calls/${call.id}/tones`, { tones: '12#' })).status).toBe(202);
    await telephone.receives(() => call.heard.filter((type) => type === 'DtmfReceived').length === 3);
    expect(call.record.people[0]?.pressed).toBe('12#');
    const wrong = await telephone.control('POST', `/simulator/calls/${call.id}/tones`, { tones: '1x' });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      { code: 'InvalidRequest', message: expect.stringContaining('tones.1: ') },
    ]);
    const nobody = await telephone.control('POST', '/simulator/calls/none/tones', { tones: '1' });
    expect([nobody.status, nobody.body]).toMatchObject([400, { code: 'CallNotFound' }]);
  });

  it('mutes a person in a call at /simulator/calls/{id}/mute', async () => {
    const call = await telephone.call(ANN);
    const person = participantsIn(await call.hears('ParticipantsUpdated')).at(-1);
    const { participantId } = person ?? { participantId: '' };
    expect((await telephone.control('POST', `/simulator/calls/${call.id}/mute`, { participantId })).status).toBe(202);
    await telephone.receives((callback) => participantsIn(callback).some(({ isMuted }) => isMuted));
  });

  it('sets faults at /simulator/faults and shows how many are left', async () => {
    const put = await telephone.control('PUT', '/simulator/faults', { throttled: { next: 2 } });
    expect(put.body).toEqual({ throttled: { next: 2, retryAfterSeconds: 1 } });
    await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN));
    const { body } = await telephone.control('GET', '/simulator/faults');
    expect(body).toEqual({ throttled: { next: 1, retryAfterSeconds: 1 } });
    expect((await telephone.control('PUT', '/simulator/faults', {})).body).toEqual({});
  });

  it.each([
    ['/simulator/people', { people: { [ANN]: 'dances' } }, '"dances" is not understood'],
    ['/simulator/people', { mix: { busy: -1 } }, 'mix.busy: '],
    ['/simulator/people', { persons: {} }, 'persons'],
    ['/simulator/faults', { dropped: { rate: 2 } }, 'dropped.rate: '],
    ['/simulator/faults', { delayed: { rate: 1 } }, 'delayed.ms: '],
    ['/simulator/faults', { exploded: {} }, 'exploded'],
    ['/simulator/faults', { failed: {} }, 'failed: needs rate or next'],
    ['/simulator/faults', { failed: { rate: 1, only: ['playAudo'] } }, 'failed.only.0: '],
    ['/simulator/faults', { dropped: { rate: 1, only: ['playAudio'] } }, 'dropped.only.0: '],
  ])('answers PUT %s with %j by 400 and names the error', async (path, wrong, says) => {
    const { status, body } = await telephone.control('PUT', path, wrong);
    expect([status, body]).toEqual([400, { code: 'InvalidRequest', message: expect.stringContaining(says) }]);
  });

  it('ends and discards everything at DELETE /simulator', async () => {
    telephone.person(ANN, 'busy');
    await telephone.call(BOB);
    expect((await telephone.control('DELETE', '/simulator')).status).toBe(204);
    expect(telephone.simulator.calls()).toMatchObject({ calls: [], created: {}, maxCallsInFlight: 0 });
    expect(telephone.simulator.requests()).toEqual([]);
    const call = await telephone.call(ANN);
    await call.is('Established');
  });
});

describe('audio files', () => {
  let folder: string;
  beforeEach(async () => {
    await telephone.hangUpForGood();
    folder = mkdtempSync(join(tmpdir(), 'simulator-audio-'));
    writeFileSync(join(folder, 'message.wav'), silentWav(1));
    writeFileSync(join(folder, 'stereo.wav'), 'no WAV at all');
    telephone = await Telephone.start({ audioDir: join(folder, '.') });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are served from the given folder and can be played', async () => {
    const response = await fetch(`${telephone.simulator.url}/simulator/audio/message.wav`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(silentWav(1));
    const call = await telephone.call(ANN);
    await call.is('Established');
    const audio = `${telephone.simulator.url}/simulator/audio`;
    await telephone.calls.playAudio(call.id, { audioFileUri: `${audio}/message.wav`, operationContext: 'good' });
    await call.hears('PlayAudioResult', { OperationContext: 'good', Status: 'Completed' });
    await telephone.calls.playAudio(call.id, { audioFileUri: `${audio}/stereo.wav`, operationContext: 'bad' });
    await call.hears('PlayAudioResult', { OperationContext: 'bad', Status: 'Failed' });
  });

  it.each([
    'missing.wav',
    '..%2Fpackage.json',
    '..%2F..%2Fetc%2Fpasswd',
    '%2Fetc%2Fpasswd.wav',
    '..%5Cmessage.wav',
    '.hidden.wav',
    'message.txt',
    'message.wav%00.wav',
  ])('are not served from elsewhere: %s', async (file) => {
    const { status, body } = await telephone.control('GET', `/simulator/audio/${file}`);
    expect([status, body]).toMatchObject([404, { code: 'NotFound' }]);
  });
});

describe('the library form', () => {
  it('tells subscribers about every change until they unsubscribe', async () => {
    const changes: Change[] = [];
    const unsubscribe = telephone.simulator.subscribe((change) => changes.push(change));
    telephone.person(ANN, 'busy');
    const call = await telephone.call(ANN);
    await call.is('Terminated');
    unsubscribe();
    const heard = changes.length;
    expect(new Set(changes.map(({ what }) => what))).toEqual(
      new Set(['request', 'state', 'person', 'event', 'callback']),
    );
    expect(changes.filter((change) => change.what === 'person').map(({ did }) => did)).toEqual(['rings', 'busy']);
    await (await telephone.call(BOB)).is('Established');
    expect(changes).toHaveLength(heard);
  });

  it('waits for a state and returns it, and lists the calls if the wait times out', async () => {
    const established = telephone.simulator.waitFor(({ calls }) => calls.find(({ state }) => state === 'Established'));
    const call = await telephone.call(ANN);
    expect((await established).callLegId).toBe(call.id);
    const never = telephone.simulator.waitFor(({ calls }) => calls.length === 2, 50);
    await expect(never).rejects.toThrow(/not reached in 50 ms[\s\S]*Established: \+1••••••0123/);
    await expect(
      telephone.simulator.waitFor(() => {
        throw new Error('a mistake in the test');
      }),
    ).rejects.toThrow('a mistake in the test');
  });

  it('says what is wrong with its arguments', () => {
    expect(() => telephone.simulator.press('none', '1')).toThrow('The call none does not exist');
    expect(() => telephone.simulator.people({ people: { [ANN]: 'dances' } })).toThrow('dances');
    expect(() => telephone.simulator.faults({ dropped: { rate: 2 } })).toThrow('dropped.rate');
  });

  it.each([{ speed: 0 }, { port: 70_000 }, { callsPerNumber: 0 }, { key: 'no base64!' }])(
    'does not start with %j',
    async (options) => {
      await expect(startSimulator(options)).rejects.toThrow(Object.keys(options)[0]);
    },
  );

  it('does not start on a port that is in use', async () => {
    const port = Number(new URL(telephone.simulator.url).port);
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('leaves nothing running when it is closed during a call', async () => {
    // A separate process only ends by itself when nothing is left running.
    const program = `
            const { startSimulator } = await import(${JSON.stringify(SIMULATOR)});
      const { CallClient } = await import(${JSON.stringify(CLIENT)});
      const simulator = await startSimulator({ people: { mix: { 'answers after 0 s, stays': 1 } } });
      const silent = http.createServer(() => {}).listen(0, '127.0.0.1');
      silent.unref();
      await new Promise((resolve) => silent.on('listening', resolve));
      await new CallClient(simulator.connectionString).createCall({
        source: { communicationUser: { id: 'app' } },
        targets: [{ communicationUser: { id: 'ann' } }, { communicationUser: { id: 'bob' } }],
        callbackUri: 'http://127.0.0.1:' + silent.address().port,
        requestedModalities: ['audio'],
        requestedCallEvents: [],
      });
      await simulator.waitFor(({ calls }) => calls[0].state === 'Established');
      await simulator.close();
      process.stdout.write('closed');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [[code], output] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
    expect([code, output]).toEqual([0, 'closed']);
  }, 5_000);
});
