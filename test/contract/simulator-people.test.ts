import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP, participantsIn, Telephone } from '../fixtures/telephone.ts';

/** Tests whole calls with simulated people. */

const ANN = '+14255550123';
const OPERATOR = '8:acs:operator';

let telephone: Telephone;
beforeEach(async () => {
  telephone = await Telephone.start();
});
afterEach(() => telephone.hangUpForGood());

describe('a person who answers', () => {
  it('hears the message, presses 1 and stays until the application hangs up', async () => {
    telephone.person(ANN, 'answers after 4 s, presses 1 after 3 s, stays');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(20, 'the message');
    const tone = await call.hears('DtmfReceived');
    expect(tone.data).toMatchObject({ ToneInfo: { SequenceId: 1, Tone: 'Tone1' } });
    await telephone.calls.cancelMediaProcessing(call.id);
    await call.hears('PlayAudioResult', { OperationContext: 'the message' });
    expect(call.record.state).toBe('Established');
    await call.hangsUp();
    await call.is('Terminated');
    expect(call.heard).toEqual([
      'CallLegStateChanged',
      'CallLegStateChanged',
      'ParticipantsUpdated',
      'DtmfReceived',
      'PlayAudioResult',
      'CallLegStateChanged',
      'CallLegStateChanged',
    ]);
  });

  it('presses several keys, with rising sequence ids', async () => {
    telephone.person(ANN, 'answers, presses * after 1 s, then # after 1 s, then 0, then A, hangs up after 1 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(60, 'the message');
    await call.is('Terminated');
    const tones = call.callbacks.filter(({ eventType }) => eventType.endsWith('DtmfReceived'));
    expect(tones.map(({ data }) => data['ToneInfo'])).toEqual([
      { SequenceId: 1, Tone: 'Star' },
      { SequenceId: 2, Tone: 'Pound' },
      { SequenceId: 3, Tone: 'Tone0' },
      { SequenceId: 4, Tone: 'A' },
    ]);
    expect(call.record.people[0]?.pressed).toBe('*#0A');
  });

  it('presses the key without audio once their patience has run out', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ patienceMs: 0 });
    telephone.person(ANN, 'presses 1');
    const call = await telephone.call(ANN);
    await call.hears('DtmfReceived');
  });

  it('hangs up in the middle of the message, which ends the audio and the call', async () => {
    telephone.person(ANN, 'answers after 1 s, hangs up after 60 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(600, 'the message');
    await call.is('Terminated');
    const played = await call.hears('PlayAudioResult');
    expect(played.data).toMatchObject({ ResultInfo: { Code: 400, Subcode: 8508 } });
    expect(call.record.people).toMatchObject([{ identity: ANN, did: 'left', leftAt: expect.any(String) }]);
    // The call was established, so it ends without a reason.
    expect((await call.is('Terminated')).data).not.toHaveProperty('ResultInfo');
  });

  it('mutes and unmutes, and everybody is told', async () => {
    telephone.person(ANN, 'mutes after 3 s and unmutes after 3 s');
    const call = await telephone.call(ANN);
    const isMuted = (muted: boolean) =>
      telephone.receives((callback) =>
        participantsIn(callback).some((participant) => participant.who === ANN && participant.isMuted === muted),
      );
    await isMuted(true);
    const updates = () => call.heard.filter((type) => type === 'ParticipantsUpdated').length;
    await telephone.receives(() => updates() === 3);
    await isMuted(false);
  });
});

describe('voicemail', () => {
  it('listens, presses nothing, and hangs up 3 s after the audio', async () => {
    telephone.person(ANN, 'voicemail');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(5, 'once');
    await call.plays(5, 'and again');
    await call.is('Terminated');
    const played = call.callbacks.filter(({ eventType }) => eventType.endsWith('PlayAudioResult'));
    expect(played.map(({ data }) => data['OperationContext'])).toEqual(['once', 'and again']);
    expect(played.every(({ data }) => JSON.stringify(data['ResultInfo']).includes('200'))).toBe(true);
    expect(call.heard).not.toContain('DtmfReceived');
  });

  it('hangs up if it hears nothing', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ patienceMs: 0 });
    telephone.person(ANN, 'voicemail');
    await (await telephone.call(ANN)).is('Terminated');
  });

  it('hangs up after 30 s even if audio still plays', async () => {
    telephone.person(ANN, 'voicemail');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(1, 'for ever', true);
    await call.is('Terminated');
  });
});

describe('a town of people', () => {
  const town = {
    'answers after 4 s, presses 1 after 3 s': 5,
    'no answer': 2,
    busy: 1,
    declines: 1,
    voicemail: 1,
    'presses 2 and talks 5 s': 1,
    'hangs up after 1 s': 1,
  };

  /** Calls everybody, hangs up on each person who presses 1 or 2, and returns how each call went. */
  async function callTown(seed: number): Promise<string[]> {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({
      seed,
      patienceMs: 100,
      callsPerNumber: Number.POSITIVE_INFINITY,
      people: { mix: town },
      faults: { doubled: { rate: 0.1 }, reordered: { rate: 0.1 }, delayed: { rate: 0.1, ms: 5 } },
    });
    telephone.simulator.subscribe((change) => {
      if (change.what !== 'event' || !('eventType' in change.event)) return;
      if (!change.event.eventType.endsWith('DtmfReceived')) return;
      telephone.calls.hangUp(change.callLegId).catch(() => {});
    });
    for (let number = 0; number < 60; number++) {
      await telephone.call(`+1425555${String(number).padStart(4, '0')}`);
    }
    const report = await telephone.simulator.waitFor(
      (calls) => calls.callsInFlight === 0 && calls.calls.every(({ events }) => events.at(-1)?.status === 200) && calls,
    );
    expect(report.calls.every(({ state }) => state === 'Terminated')).toBe(true);
    expect(Object.values(report.created)).toEqual(Array(60).fill(1));
    return report.calls.map(({ reason, people }) => `${people[0]?.identity} ${reason?.code} ${people[0]?.pressed}`);
  }

  it('behaves the same for the same seed, and every call ends', async () => {
    const first = await callTown(1);
    expect(new Set(first.map((call) => call.split(' ')[1]))).toEqual(new Set(['undefined', '480', '486', '603']));
    expect(await callTown(1)).toEqual(first);
    expect(await callTown(2)).not.toEqual(first);
  });
});

describe('a call that nobody answers', () => {
  it.each([
    ['busy', 486],
    ['no answer', 480],
    ['declines', 603],
    ['unknown number', 404],
  ])('says why in Terminated (%s)', async (does, code) => {
    telephone.person(ANN, does);
    const call = await telephone.call(ANN);
    const { data } = await call.is('Terminated');
    expect(data).toEqual({
      ConversationId: null,
      CallLegId: call.id,
      CallState: 'Terminated',
      ResultInfo: { Code: code, Subcode: 560000 + code, Message: expect.any(String) },
    });
    expect(call.record.states.map(({ state }) => state)).toEqual(['Establishing', 'Terminating', 'Terminated']);
    expect(call.record).toMatchObject({ reason: { code }, people: [{ identity: ANN, answeredAt: null }] });
  });

  it('is cancelled if the application hangs up while it rings', async () => {
    telephone.person(ANN, 'no answer after 600 s');
    const call = await telephone.call(ANN);
    await call.hangsUp();
    expect((await call.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 487, Subcode: 560487 } });
    expect(call.record.people).toMatchObject([{ did: 'cancelled' }]);
  });

  it('gives no reason if the option turns reasons off', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ reasons: false });
    telephone.person(ANN, 'busy');
    const call = await telephone.call(ANN);
    const { data } = await call.is('Terminated');
    expect(data).toEqual({ ConversationId: null, CallLegId: call.id, CallState: 'Terminated' });
    expect(call.record.reason).toMatchObject({ code: 486 });
  });

  it('can go differently the second time', async () => {
    telephone.person(ANN, ['busy', 'answers after 1 s']);
    await (await telephone.call(ANN)).is('Terminated');
    await (await telephone.call(ANN)).is('Established');
  });
});

describe('an operator', () => {
  it('is invited, talks for 20 s and leaves, and then the caller leaves', async () => {
    telephone.person(ANN, 'presses 2 and talks 40 s');
    telephone.person(OPERATOR, 'answers after 2 s, talks 20 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(10, 'the message');
    await call.hears('DtmfReceived');
    await call.invites(OPERATOR);
    const result = await call.hears('InviteParticipantResult');
    expect(result.data).toEqual({
      ResultInfo: null,
      OperationContext: `invite ${OPERATOR}`,
      Status: 'Completed',
      CallLegId: call.id,
      Participants: [
        { RawId: OPERATOR, CommunicationUser: { Id: OPERATOR }, PhoneNumber: null, MicrosoftTeamsUser: null },
      ],
    });
    await call.isWith(APP, ANN, OPERATOR);
    await call.is('Terminated');
    expect(call.record.people.map(({ identity, did }) => [identity, did])).toEqual([
      [ANN, 'left'],
      [OPERATOR, 'left'],
    ]);
  });

  it.each([
    ['busy', 486],
    ['no answer', 480],
    ['declines', 603],
  ])('makes the invitation fail if they do not answer, and the caller stays (%s)', async (does, code) => {
    telephone.person(OPERATOR, does);
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.invites(OPERATOR);
    const result = await call.hears('InviteParticipantResult');
    expect(result.data).toMatchObject({ Status: 'Failed', ResultInfo: { Code: code, Subcode: 560000 + code } });
    expect(call.record.state).toBe('Established');
  });

  it('stays after the callee hangs up until the application hangs up, if the script says so', async () => {
    telephone.person(ANN, 'answers after 1 s, talks 5 s');
    telephone.person('+14255550177', 'answers after 1 s, stays');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.invites('+14255550177');
    await call.isWith(APP, ANN, '+14255550177');
    await call.isWith(APP, '+14255550177');
    expect(call.record.state).toBe('Established');
    await call.hangsUp();
    await call.is('Terminated');
  });

  it('leaves soon after the callee has hung up, if the script does not say that they stay', async () => {
    telephone.person(ANN, 'answers after 1 s, talks 5 s');
    telephone.person(OPERATOR, 'answers after 1 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.invites(OPERATOR);
    await call.isWith(APP, OPERATOR);
    await call.is('Terminated');
  });

  it('does not keep the call open if their telephone still rings when the callee hangs up', async () => {
    telephone.person(ANN, 'answers after 1 s, hangs up after 60 s');
    telephone.person(OPERATOR, 'no answer after 6000 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.invites(OPERATOR);
    await call.is('Terminated');
    const result = await call.hears('InviteParticipantResult');
    expect(result.data).toMatchObject({ Status: 'Failed', ResultInfo: { Code: 487 } });
  });

  it('completes an invitation of several people by answering first; it fails if nobody answers', async () => {
    telephone.simulator.people({
      people: { '8:acs:a': 'busy', '8:acs:b': 'answers after 5 s', '8:acs:c': 'declines' },
    });
    const call = await telephone.call(ANN);
    await call.is('Established');
    const invite = (operationContext: string, ...ids: string[]) =>
      telephone.calls.inviteParticipants(call.id, {
        participants: ids.map((id) => ({ communicationUser: { id } })),
        operationContext,
      });
    await invite('one of them', '8:acs:a', '8:acs:b');
    const some = await call.hears('InviteParticipantResult', { OperationContext: 'one of them' });
    expect(some.data).toMatchObject({ Status: 'Completed', Participants: [{ RawId: '8:acs:b' }] });
    await invite('none of them', '8:acs:a', '8:acs:c');
    const none = await call.hears('InviteParticipantResult', { OperationContext: 'none of them' });
    expect(none.data).toMatchObject({ Status: 'Failed', Participants: [{ RawId: '8:acs:a' }, { RawId: '8:acs:c' }] });
  });
});

describe('several in one call', () => {
  it('all ring; the call is established when the first answers and ends when the last leaves', async () => {
    telephone.simulator.people({ people: { '+1425555010*': 'answers after 1 s', '8:acs:b': 'answers after 3 s' } });
    telephone.person(ANN, 'busy');
    const call = await telephone.call(ANN, {
      targets: [
        { phoneNumber: { value: ANN } },
        { phoneNumber: { value: '+14255550101' } },
        { communicationUser: { id: '8:acs:b' } },
      ],
    });
    await call.isWith(APP, '+14255550101');
    const everybody = participantsIn(await call.isWith(APP, '+14255550101', '8:acs:b'));
    for (const { who, participantId } of everybody) {
      if (who !== APP) await telephone.calls.removeParticipant(call.id, participantId);
    }
    await call.is('Terminated');
  });
});

describe('a group call', () => {
  it('begins when the first application joins, waits for people, and ends when the last application leaves', async () => {
    telephone.person(OPERATOR, 'answers after 1 s, stays');
    const first = await telephone.join('the-night-shift');
    await first.is('Established');
    const second = await telephone.join('the-night-shift');
    await second.is('Established');
    expect(second.record.conversationId).toBe(first.record.conversationId);
    expect(first.record.conversationId).toMatch(/^[\w-]+$/);
    await telephone.conversations.inviteParticipants('the-night-shift', telephone.invitation(OPERATOR));
    // The request has no callbackUri, so the event goes to the leg that joined first.
    await first.hears('InviteParticipantResult');
    await first.isWith(APP, APP, OPERATOR);
    await second.isWith(APP, APP, OPERATOR);
    await first.hangsUp();
    await second.isWith(APP, OPERATOR);
    await second.hangsUp();
    await second.is('Terminated');
    const again = telephone.conversations.inviteParticipants('the-night-shift', telephone.invitation(OPERATOR));
    await expect(again).rejects.toMatchObject({ code: 'ConversationNotFound' });
  });

  it('lets an application be removed like a person', async () => {
    const call = await telephone.join('the-day-shift');
    const [app] = participantsIn(await call.isWith(APP));
    await telephone.conversations.removeParticipant('the-day-shift', app?.participantId ?? '');
    await call.is('Terminated');
  });
});
