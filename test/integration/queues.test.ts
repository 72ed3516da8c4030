import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallRecord } from '../../simulator/simulator.ts';
import { eventually } from './support/eventually.ts';
import { API, Town } from './support/town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.found();
});
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

/** Waits until `look` finds what it wants among the simulator's calls, and returns it. */
const until = <Value>(look: (calls: readonly CallRecord[]) => Value | false | undefined): Promise<Value> =>
  town.stack.simulator.waitFor(({ calls }) => look(calls), 20_000);

const operationsOf = (call: CallRecord): string[] => town.operationsIn(call);

/** Starts a call without audio and waits until it is established. */
async function callInProgress(): Promise<CallRecord> {
  const callee = town.callee().answers().stays();
  await town.enqueue('start-call', { targets: [callee.identifier] });
  return until((calls) =>
    calls.find(({ targets, state }) => targets.includes(callee.identity) && state === 'Established'),
  );
}

test('a call by hand plays its audio and hangs up, without an outage', async () => {
  const ada = town.callee().answers().hears('message').stays();
  await town.enqueue('start-call', { targets: [ada.identifier], audioFileUri: town.audio('message') });
  const call = await until((calls) =>
    calls.find(({ targets, state }) => targets.includes(ada.identity) && state === 'Terminated'),
  );
  ada.expectHeard();
  expect(operationsOf(call)).toEqual(['playAudio', 'hangUp']);
  expect(call.callerNumber).toBe('+14255550190');
  await eventually(async () => expect((await town.record(call.callLegId)).leg.outcome).toBe('heard'));
});

test('a request is dialled once, however often it is enqueued', async () => {
  const bob = town.callee().answers().hears('message').stays();
  const request = { targets: [bob.identifier], audioFileUri: town.audio('message'), requestId: 'bob-once' };
  await town.enqueue('start-call', request);
  await town.enqueue('start-call', request);
  await until((calls) => calls.some(({ targets, state }) => targets.includes(bob.identity) && state === 'Terminated'));
  await eventually(async () => {
    const { approximateMessagesCount } = await town.queue('start-call').getProperties();
    expect(approximateMessagesCount).toBe(0);
  });
  expect(town.callsTo(bob)).toHaveLength(1);
});

test('requests wait for a free line, and all are dialled', async () => {
  const people = Array.from({ length: 3 }, () => town.callee().answers().hears('message').stays());
  const callerNumber = '+14255550191';
  const identities = new Set(people.map(({ identity }) => identity));
  for (const { identifier } of people) {
    await town.enqueue('start-call', { targets: [identifier], audioFileUri: town.audio('message'), callerNumber });
  }
  await until(
    (calls) =>
      calls.filter(({ targets, state }) => identities.has(targets[0] ?? '') && state === 'Terminated').length === 3,
  );
  expect(town.stack.simulator.calls().maxCallsInFlightByNumber[callerNumber]).toBe(2);
  for (const person of people) person.expectHeard();
});

test('audio can be played and cancelled by hand', async () => {
  const { callLegId } = await callInProgress();
  await town.enqueue('play-audio', {
    callLegId,
    audioFileUri: town.audio('message'),
    loop: true,
    operationContext: 'hold',
  });
  await until((calls) =>
    calls.some((call) => call.callLegId === callLegId && operationsOf(call).includes('playAudio')),
  );
  await town.enqueue('cancel-media', { callLegId });
  await eventually(async () => {
    const { events } = await town.record(callLegId);
    const ended = events.find(({ type, data }) => type === 'PlayAudioResult' && data['status'] === 'completed');
    expect(ended?.data).toMatchObject({ operationContext: 'hold', resultInfo: { subcode: 8508 } });
  });
  await town.enqueue('hang-up', { callLegId });
  await until((calls) => calls.some((call) => call.callLegId === callLegId && call.state === 'Terminated'));
});

test('people can be invited to a call and removed from it by its call leg id', async () => {
  const operator = town.user('operator').answers().stays();
  const { callLegId } = await callInProgress();
  await town.enqueue('invite-participants', { callLegId, participants: [operator.identifier] });
  await until((calls) =>
    calls
      .find((call) => call.callLegId === callLegId)
      ?.people.some(({ identity, did }) => identity === operator.identity && did === 'answered'),
  );
  await town.enqueue('remove-participant', { callLegId, participantId: town.participantIdOf(operator) });
  await until((calls) =>
    calls
      .find((call) => call.callLegId === callLegId)
      ?.people.some(({ identity, did }) => identity === operator.identity && did === 'left'),
  );
  await town.enqueue('hang-up', { callLegId });
  await until((calls) => calls.some((call) => call.callLegId === callLegId && call.state === 'Terminated'));
  // The call ends before the answer to the hang-up is recorded.
  await expect
    .poll(async () => (await town.record(callLegId)).actions.map(({ action }) => action), { timeout: 10_000 })
    .toEqual(['invite-participants', 'remove-participant', 'hang-up']);
});

test('an invited phone shows one of our caller numbers', async () => {
  const expert = town.callee().answers().stays();
  const { callLegId } = await callInProgress();
  await town.enqueue('invite-participants', { callLegId, participants: [expert.identifier] });
  const invitation = await town.stack.simulator.waitFor(
    (_calls, requests) =>
      requests.find(({ operation, path }) => operation?.startsWith('invite') && path.includes(callLegId)),
    20_000,
  );
  const shown = town.isGa ? 'sourceCallerIdNumber' : 'alternateCallerId';
  expect(invitation.status).toBe(202);
  // The number of an account is shown without being named.
  if (town.api === 'tpe') expect(invitation.body).not.toHaveProperty(shown);
  else expect(invitation.body).toMatchObject({ [shown]: { value: expect.stringMatching(/^\+142555501\d\d$/) } });
  await town.enqueue('hang-up', { callLegId });
  await until((calls) => calls.some((call) => call.callLegId === callLegId && call.state === 'Terminated'));
});

const INVITED: ReadonlySet<string> = new Set(['InviteParticipantResult', 'AddParticipantSucceeded']);

/** With today's API, the app must be in a call to act on it, so it joins first. */
const OUT_OF_CALL = {
  '2021-04-15-preview1': ['joinCall', 'inviteToConversation', 'removeFromConversation'],
  ga: ['joinCall', 'joinCall', 'inviteParticipants', 'joinCall', 'removeParticipant'],
  tpe: [],
};

test.runIf(API === 'tpe')(
  'what a resource account cannot do is kept on the poison queue, and nobody is asked for it',
  async () => {
    const { callLegId, conversationId } = await callInProgress();
    const before = town.stack.simulator.requests().length;
    const user = { communicationUser: { id: '8:acs:town_operator' } };
    const refused = [
      ['start-call', { targets: [user] }],
      ['join-call', { conversationId }],
      ['invite-participants', { callLegId, participants: [user] }],
    ] as const;
    for (const [queue, message] of refused) await town.enqueue(queue, message);
    for (const [queue, message] of refused) {
      await eventually(async () => {
        const [kept] = (await town.queue(`${queue}-poison`).receiveMessages()).receivedMessageItems;
        expect(JSON.parse(kept?.messageText ?? 'null')).toEqual(message);
        if (kept) await town.queue(`${queue}-poison`).deleteMessage(kept.messageId, kept.popReceipt);
      }, 20_000);
    }
    expect(town.stack.simulator.requests()).toHaveLength(before);
    await town.enqueue('hang-up', { callLegId });
    await until((calls) => calls.some((call) => call.callLegId === callLegId && call.state === 'Terminated'));
  },
);

test.skipIf(API === 'tpe')('the app joins a conversation, and invites and removes people out of call', async () => {
  const { callLegId, conversationId } = await callInProgress();
  const before = town.stack.simulator.requests().length;
  await town.enqueue('join-call', { conversationId, audioFileUri: town.audio('thanks') });
  const joined = await until((calls) =>
    calls.find((call) => call.placedBy === 'joinCall' && call.conversationId === conversationId),
  );
  await until((calls) =>
    calls.some((call) => call.callLegId === joined.callLegId && operationsOf(call).includes('playAudio')),
  );

  const expert = town.user('expert').answers().stays();
  await town.enqueue('invite-participants', { conversationId, participants: [expert.identifier] });
  await until((calls) =>
    calls
      .flatMap(({ people }) => people)
      .some(({ identity, did }) => identity === expert.identity && did === 'answered'),
  );
  await town.enqueue('remove-participant', { conversationId, participantId: town.participantIdOf(expert) });
  await until((calls) =>
    calls.flatMap(({ people }) => people).some(({ identity, did }) => identity === expert.identity && did === 'left'),
  );
  const { callbackUri } = await town.stack.simulator.waitFor(
    ({ calls }) =>
      calls.flatMap(({ events }) => events).find(({ type, status }) => INVITED.has(type) && status === 200),
    20_000,
  );
  expect(callbackUri).toContain('/api/call-events/');
  await town.enqueue('hang-up', { callLegId });
  await until((calls) => calls.some((call) => call.callLegId === callLegId && call.state === 'Terminated'));
  const asked = town.stack.simulator.requests().slice(before);
  const outOfCall = asked.flatMap(({ operation }) =>
    operation && /^(join|invite|remove)/.test(operation) ? operation : [],
  );
  expect(outOfCall).toEqual(OUT_OF_CALL[town.api]);
});

test('invalid messages are kept unchanged on the poison queue of their queue', async () => {
  const bad = [
    ['start-call', { targets: [] }],
    ['start-call', 'no JSON at all'],
    ['join-call', { audioFileUri: town.audio('thanks') }],
    ['play-audio', { callLegId: 'a', audioFileUri: 'not a url' }],
    ['cancel-media', { callLegId: '' }],
    ['invite-participants', { participants: [{ communicationUser: { id: '8:acs:x' } }] }],
    ['remove-participant', { callLegId: 'a', conversationId: 'b', participantId: 'c' }],
    ['hang-up', { callLegId: 'a', leave: 'perhaps' }],
  ] as const;
  for (const [queue, message] of bad) await town.enqueue(queue, message);
  for (const [queue, message] of bad) {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    await eventually(async () => {
      const { peekedMessageItems } = await town.queue(`${queue}-poison`).peekMessages({ numberOfMessages: 32 });
      expect(peekedMessageItems.map(({ messageText }) => messageText)).toContain(text);
    }, 60_000);
  }
  const poison = (...words: string[]) =>
    promisify(execFile)(process.execPath, ['local/poison.ts', ...words, '--json', '--storage', town.stack.storage]);
  expect(JSON.parse((await poison('list')).stdout)).toMatchObject({ 'start-call': 2, 'hang-up': 1, 'play-audio': 1 });
  const shown = JSON.parse((await poison('show', 'hang-up')).stdout);
  expect(shown).toMatchObject([{ says: JSON.stringify(bad[7][1]), why: expect.stringContaining('leave') }]);
  expect(JSON.parse((await poison('retry', 'hang-up', shown[0].id)).stdout)).toEqual([shown[0].id]);
  await eventually(async () => {
    const again = JSON.parse((await poison('show', 'hang-up')).stdout);
    expect(again).toHaveLength(1);
    expect(again[0].id).not.toBe(shown[0].id);
  }, 60_000);
}, 120_000);

test('an action for a call that is over does nothing, records why, and does not fail', async () => {
  const { callLegId } = await callInProgress();
  await town.enqueue('hang-up', { callLegId });
  await until((calls) => calls.some((call) => call.callLegId === callLegId && call.state === 'Terminated'));
  await eventually(async () => expect((await town.record(callLegId)).leg['state']).toBe('terminated'));
  await town.enqueue('play-audio', { callLegId, audioFileUri: town.audio('message'), operationContext: 'too-late' });
  await eventually(async () => {
    const { actions } = await town.record(callLegId);
    expect(actions.find(({ operationContext }) => operationContext === 'too-late')).toMatchObject({
      status: 'superseded',
      reason: expect.stringContaining('the call is over'),
    });
  });
});
