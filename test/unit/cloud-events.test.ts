import { describe, expect, it } from 'vitest';
import { parseCallEvents } from '../../src/lib/call-automation/callbacks.ts';
import type { CallEvent } from '../../src/lib/call-automation/events.ts';
import { endingOf, OURS, OVER_LIMIT } from '../../src/lib/rules/calls/endings.ts';
import { identityOfEvent } from '../fixtures/ids.ts';

/** The callbacks of today's API, converted to our own events. */

const LEG = '411f0b00-d97f-49ad-a6ff-4f8c2a1e9d3b';
const TIME = '2026-01-05T08:00:25.0252763+00:00';

const posted = (type: string, data: object = {}) => ({
  id: '8b5d8b5e-4a7c-4d0e-9f68-0e9c0f8a7b6c',
  source: `calling/callConnections/${LEG}`,
  type: `Microsoft.Communication.${type}`,
  data: { callConnectionId: LEG, serverCallId: 'server-call', correlationId: 'c', ...data },
  time: TIME,
  specversion: '1.0',
  subject: `calling/callConnections/${LEG}`,
});

const read = (type: string, data: object = {}): CallEvent[] => parseCallEvents([posted(type, data)]);
const PHONE = { rawId: '4:+14255550123', kind: 'phoneNumber', phoneNumber: { value: '+14255550123' } };
const USER = { rawId: '8:acs:operator', kind: 'communicationUser', communicationUser: { id: '8:acs:operator' } };
const DONE = { code: 200, subCode: 0, message: 'Action completed successfully.' };

describe('an event of today’s API', () => {
  it.each([
    ['CallConnected', {}, { callState: 'established', conversationId: 'server-call' }],
    [
      'CallDisconnected',
      { resultInformation: { code: 200, subCode: 560000 } },
      { callState: 'terminated', resultInfo: { code: 200, subcode: 560000 } },
    ],
    [
      'CreateCallFailed',
      { resultInformation: { code: 486, subCode: 560486 } },
      { callState: 'terminated', resultInfo: { code: 486, subcode: 560486 } },
    ],
    [
      'ConnectFailed',
      { resultInformation: { code: 404, subCode: 8522 } },
      { callState: 'terminated', resultInfo: { code: 404 } },
    ],
  ])('%s gives the state of the call', (type, data, expected) => {
    expect(read(type, data)).toMatchObject([
      { type: 'CallLegStateChanged', occurredAt: TIME, data: { callLegId: LEG, ...expected } },
    ]);
  });

  it.each([
    ['PlayStarted', {}, { status: 'running' }],
    ['PlayCompleted', { resultInformation: DONE }, { status: 'completed', resultInfo: { code: 200, subcode: 0 } }],
    ['PlayFailed', { resultInformation: { code: 400, subCode: 8536 } }, { status: 'failed' }],
    ['PlayCanceled', { resultInformation: { code: 400, subCode: 8508 } }, { resultInfo: { code: 400, subcode: 8508 } }],
    ['PlayCanceled', {}, { status: 'completed', ended: 'cancelled' }],
  ])('%s gives the result of an audio', (type, data, expected) => {
    expect(read(type, { ...data, operationContext: 'message-1' })).toMatchObject([
      { type: 'PlayAudioResult', data: { callLegId: LEG, operationContext: 'message-1', ...expected } },
    ]);
  });

  it.each([
    ['AddParticipantSucceeded', DONE, 'completed'],
    ['AddParticipantFailed', { code: 603, subCode: 560603 }, 'failed'],
  ])('%s gives the result of an invitation, and the person who was invited', (type, resultInformation, status) => {
    expect(read(type, { operationContext: 'invite-3', participant: USER, resultInformation })).toMatchObject([
      { type: 'InviteParticipantResult', data: { status, operationContext: 'invite-3', participants: [USER] } },
    ]);
  });

  it('ParticipantsUpdated gives the people in the call by raw id, and the sequence number', () => {
    const participants = [{ identifier: PHONE, isMuted: false, isOnHold: false }, { identifier: USER }];
    expect(read('ParticipantsUpdated', { participants, sequenceNumber: 7 })).toMatchObject([
      {
        type: 'ParticipantsUpdated',
        data: {
          sequence: 7,
          participants: [
            { identifier: PHONE, participantId: '4:+14255550123', isMuted: false },
            { identifier: USER, participantId: '8:acs:operator' },
          ],
        },
      },
    ]);
  });

  it.each([
    ['zero', '0'],
    ['one', '1'],
    ['nine', '9'],
    ['a', 'A'],
    ['d', 'D'],
    ['pound', '#'],
    ['asterisk', '*'],
  ])('the tone %s is the key %s', (tone, key) => {
    expect(read('ContinuousDtmfRecognitionToneReceived', { sequenceId: 2, tone })).toMatchObject([
      { type: 'DtmfReceived', data: { callLegId: LEG, toneInfo: { sequenceId: 2, tone: key } } },
    ]);
  });

  it('collected tones give one event for each key, in order', () => {
    const data = { recognitionType: 'dtmf', operationContext: 'menu', dtmfResult: { tones: ['one', 'one', 'pound'] } };
    const events = read('RecognizeCompleted', data);
    expect(events.map(({ data: told }) => told)).toMatchObject([
      { toneInfo: { tone: '1' } },
      { toneInfo: { tone: '1' } },
      { toneInfo: { tone: '#' } },
    ]);
    const single = read('ContinuousDtmfRecognitionToneReceived', { sequenceId: 0, tone: 'one' });
    expect(new Set([...events, ...single].map(identityOfEvent)).size).toBe(4);
  });

  it.each([
    'RemoveParticipantSucceeded',
    'RemoveParticipantFailed',
    'ContinuousDtmfRecognitionToneFailed',
    'ContinuousDtmfRecognitionStopped',
    'SomethingNew',
  ])('%s is kept and changes nothing', (type) => {
    expect(read(type, { operationContext: 'a' })).toMatchObject([
      {
        type: 'Unknown',
        data: { callLegId: LEG, eventType: `Microsoft.Communication.${type}`, operationContext: 'a' },
      },
    ]);
  });

  it('that recognized speech is kept', () => {
    expect(read('RecognizeCompleted', { recognitionType: 'speech' })).toMatchObject([{ type: 'Unknown' }]);
  });
});

describe('a callback', () => {
  it('is read to its last element, even if some elements are of the other API', () => {
    const old = {
      eventType: 'Microsoft.Communication.CallLegStateChanged',
      eventTime: TIME,
      data: { CallLegId: LEG, CallState: 'Established' },
    };
    const read = parseCallEvents([posted('CallConnected'), posted('PlayStarted'), old, posted('CallDisconnected')]);
    expect(read.map(({ type }) => type)).toEqual([
      'CallLegStateChanged',
      'PlayAudioResult',
      'CallLegStateChanged',
      'CallLegStateChanged',
    ]);
  });

  it.each([
    ['an event without its call', posted('CallConnected', { callConnectionId: undefined }), 'data.callLegId'],
    ['a call that cannot be a key', posted('CallConnected', { callConnectionId: 'a/b' }), 'data.callLegId'],
    ['an unknown key', posted('ContinuousDtmfRecognitionToneReceived', { sequenceId: 1, tone: 'flash' }), 'tone'],
    ['a tone without its number', posted('ContinuousDtmfRecognitionToneReceived', { tone: 'one' }), 'sequenceId'],
    ['no time', { ...posted('CallConnected'), time: 'now' }, 'time'],
    ['a text for a number', posted('CallDisconnected', { resultInformation: { code: 'none' } }), 'code'],
  ])('with %s keeps it as unknown and says why; its neighbours are read', (_, element, named) => {
    const [before, odd, after] = parseCallEvents([posted('PlayStarted'), element, posted('PlayCompleted')]);
    expect([before?.type, odd?.type, after?.type]).toEqual(['PlayAudioResult', 'Unknown', 'PlayAudioResult']);
    expect(JSON.stringify(odd?.data['problems'])).toContain(named);
  });
});

describe('the reason why nobody answered a call', () => {
  it.each([
    [486, 560486, { outcome: 'busy' }],
    [480, 560480, { outcome: 'noAnswer' }],
    [408, 560408, { outcome: 'noAnswer' }],
    [603, 560603, { outcome: 'declined' }],
    [404, 560404, { outcome: 'failed', reason: 'wrongNumber' }],
    [484, 560484, { outcome: 'failed', reason: 'wrongNumber' }],
    [487, 560487, { outcome: 'noAnswer' }],
    [0, 560000, { outcome: 'noAnswer' }],
    [429, undefined, { outcome: 'failed', reason: OVER_LIMIT }],
    [403, 8530, { outcome: 'failed', reason: OVER_LIMIT }],
    [497, 560487, { outcome: 'noAnswer' }],
    [403, 560403, { outcome: 'declined' }],
    [404, 511404, { outcome: 'failed', reason: OURS }],
    [403, 510403, { outcome: 'failed', reason: OURS }],
    [403, 511532, { outcome: 'failed', reason: OURS }],
    [403, 7507, { outcome: 'failed', reason: OURS }],
    [401, 7500, { outcome: 'failed', reason: OURS }],
    [400, 8523, { outcome: 'failed', reason: OURS }],
    [410, 531004, { outcome: 'failed', reason: 'code 410/531004' }],
    [500, 560500, { outcome: 'failed', reason: 'code 500/560500' }],
    [503, 560503, { outcome: 'failed', reason: 'code 503/560503' }],
  ])('follows from the codes %i/%s', (code, subCode, ending) => {
    const [event] = read('CreateCallFailed', { resultInformation: { code, ...(subCode && { subCode }) } });
    expect(event?.type === 'CallLegStateChanged' && endingOf(event.data.ending)).toEqual(ending);
  });

  it.each([
    ['q850Details', 21, { outcome: 'declined' }],
    ['q850Details', 42, { outcome: 'failed', reason: 'congested' }],
    ['q850Details', 34, { outcome: 'failed', reason: 'congested' }],
    ['sipDetails', 603, { outcome: 'declined' }],
    ['sipDetails', 503, { outcome: 'failed', reason: 'congested' }],
    ['sipDetails', 607, { outcome: 'declined', reason: 'blocked' }],
    ['sipDetails', 608, { outcome: 'declined', reason: 'blocked' }],
    ['q850Details', 17, { outcome: 'busy' }],
    ['sipDetails', 486, { outcome: 'busy' }],
    ['q850Details', 19, { outcome: 'noAnswer' }],
  ])(
    'is a decline, a block, congestion or what else the network says after 603/560603 with %s %i',
    (member, cause, ending) => {
      const [event] = read('CreateCallFailed', {
        resultInformation: { code: 603, subCode: 560603, [member]: { code: cause, message: 'from the carrier' } },
      });
      expect(event?.type === 'CallLegStateChanged' && endingOf(event.data.ending)).toEqual(ending);
    },
  );

  it.each([
    [500, 560500, { sipDetails: { code: 500 } }, { outcome: 'failed', reason: 'code 500/560500' }],
    [503, 560503, { sipDetails: { code: 503 }, q850Details: { code: 34 } }, { outcome: 'failed', reason: 'congested' }],
    [603, 560603, { sipDetails: { code: 608 }, q850Details: { code: 21 } }, { outcome: 'declined', reason: 'blocked' }],
    [608, 560608, {}, { outcome: 'declined', reason: 'blocked' }],
    [486, 560486, { sipDetails: { code: 503 }, q850Details: { code: 34 } }, { outcome: 'busy' }],
    [404, 511404, { sipDetails: { code: 404 }, q850Details: { code: 17 } }, { outcome: 'failed', reason: OURS }],
  ])('takes from the network only what is clearer than %i/%i %j', (code, subCode, network, ending) => {
    const [event] = read('CreateCallFailed', { resultInformation: { code, subCode, ...network } });
    expect(event?.type === 'CallLegStateChanged' && endingOf(event.data.ending)).toEqual(ending);
  });

  it.each([
    [
      { code: 603, subCode: 560603, sipDetails: { code: 603 }, q850Details: { code: 21 } },
      '603/560603, SIP 603, Q.850 21',
    ],
    [{ code: 200, subCode: 560000, sipDetails: { code: 200, message: 'OK' } }, '200/560000, SIP 200'],
    [{ code: 487 }, '487/0'],
  ])('keeps the codes for people: %j', (resultInformation, codes) => {
    const [event] = read('CallDisconnected', { resultInformation });
    expect(event?.data).toMatchObject({ codes });
  });
});
