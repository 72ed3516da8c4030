import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

let town: Town;
beforeAll(async () => {
  // Slow enough for the app to react to a key before the message ends.
  town = await Town.found({ simulator: { speed: 8 } });
});
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

test('a person who presses 1 during the message hears the thanks and has acknowledged', async () => {
  const ada = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const outage = await town.declare([ada]);
  await outage.run();
  const { results } = await outage.expectOutcome(ada, 'acknowledged');
  const [call] = town.callsTo(ada);
  expect(results).toMatchObject([{ attempt: 1, outcome: 'acknowledged', callLegId: call?.callLegId }]);
  expect(call && town.operationsIn(call)).toEqual(['playAudio', 'cancelMediaProcessing', 'playAudio', 'hangUp']);
});

test('a person who presses nothing hears the message again and has not acknowledged', async () => {
  const bob = town.callee().answers().hears('message').hears('message').stays();
  const outage = await town.declare([bob], { script: { replays: 1 } });
  await outage.run();
  await outage.expectOutcome(bob, 'heard');
  expect(town.callsTo(bob)[0]?.operations.at(-1)?.operation).toBe('hangUp');
});

test('voicemail has heard the message at most, and has not acknowledged', async () => {
  const machine = town.callee().isVoicemail().hears('message');
  const outage = await town.declare([machine]);
  await outage.run();
  await outage.expectOutcome(machine, 'heard');
});

test('a person whose phone is busy is called again, and can acknowledge then', async () => {
  const carol = town.callee().isBusy().answers().hears('message').presses('1').hears('thanks').stays();
  const outage = await town.declare([carol]);
  await outage.run();
  const { results } = await outage.expectOutcome(carol, 'acknowledged');
  expect(results.map(({ outcome }) => outcome)).toEqual(['busy', 'acknowledged']);
  const { codes, timeline } = await town.call(results[0]?.callLegId ?? '');
  expect(codes).toBe(town.isGa ? '486/560486, SIP 486, Q.850 17' : '486/560486');
  expect(timeline.map(({ detail }) => detail)).toContain(`terminated: ${codes}`);
});

test('a person who never answers is called as often as the policy allows, and no more', async () => {
  const dan = town.callee().doesNotAnswer().doesNotAnswer();
  const outage = await town.declare([dan]);
  await outage.run();
  const { results } = await outage.expectOutcome(dan, 'noAnswer');
  expect(results).toHaveLength(2);
});

test('a person who declines is called once more, because the decline may be the carrier’s', async () => {
  const eve = town.callee().declines().declines();
  const outage = await town.declare([eve], { retry: { maxAttempts: 5, delaySeconds: { declined: 0 } } });
  await outage.run();
  const { results } = await outage.expectOutcome(eve, 'declined');
  expect(results.map(({ outcome }) => outcome)).toEqual(['declined', 'declined']);
});

test('a number that does not exist is not called again, if our own number reached somebody before', async () => {
  const callers = [{ number: town.callerNumber(), lines: 1 }];
  const eve = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  await (await town.declare([eve], { callers })).run();
  const nobody = town.callee().hasNoSuchNumber();
  const outage = await town.declare([nobody], { callers });
  await outage.run();
  const { reason } = await outage.expectOutcome(nobody, 'failed');
  expect(reason).toBe('wrongNumber');
});

test('a person who hangs up before the end has the outcome answered', async () => {
  const fred = town.callee().answers().hears('message').presses('5').hangsUp();
  const outage = await town.declare([fred]);
  await outage.run();
  await outage.expectOutcome(fred, 'answered');
});

test('key 2 invites the operator, who talks until one of them leaves', async () => {
  const operator = town.user('operator').answers().talks();
  const grace = town.callee().answers().hears('message').presses('2').stays();
  const outage = await town.declare([grace], { script: { operators: [operator.identifier] } });
  await outage.run();
  await outage.expectOutcome(grace, 'connected');
  const [call] = town.callsTo(grace);
  expect(call?.people.map(({ did }) => did)).toEqual(['left', 'left']);
});

test('if no operator answers, the callee hears that and may choose again', async () => {
  const operator = town.user('absent-operator').doesNotAnswer();
  const henry = town.callee().answers().hears('message').presses('2').hears('unavailable').hears('thanks').stays();
  const script = { operators: [operator.identifier], unavailable: town.audio('unavailable'), keyWaitSeconds: 30 };
  const outage = await town.declare([henry], { script });
  await town.tick();
  await town.hears(henry, 'message', 'unavailable');
  town.press(henry, '1');
  await outage.ended();
  await outage.expectOutcome(henry, 'acknowledged');
});

test('key * plays the message again', async () => {
  const ivy = town.callee().answers().hears('message').presses('*').hears('message').hears('thanks').stays();
  const outage = await town.declare([ivy]);
  await town.tick();
  await town.hears(ivy, 'message', 'message');
  town.press(ivy, '1');
  await outage.ended();
  await outage.expectOutcome(ivy, 'acknowledged');
});

test('a key without a meaning is ignored, and the right one still counts', async () => {
  const jack = town.callee().answers().hears('message').presses('5').presses('1').hears('thanks').stays();
  const outage = await town.declare([jack]);
  await outage.run();
  await outage.expectOutcome(jack, 'acknowledged');
});

test('a person who presses 9 is not called again by any outage', async () => {
  const kim = town.callee().answers().hears('message').presses('9').stays().rings(1);
  const first = await town.declare([kim]);
  await first.run();
  await first.expectOutcome(kim, 'optedOut');
  const second = await town.declare([kim]);
  await second.run();
  await second.expectOutcome(kim, 'optedOut');
});

test('the number of lines is never exceeded, and the end of a call starts the next without the timer', async () => {
  const people = Array.from({ length: 7 }, () =>
    town.callee().answers().hears('message').presses('1').hears('thanks').stays(),
  );
  const number = town.callerNumber();
  const outage = await town.declare(people, { callers: [{ number, lines: 2 }] });
  await town.tick();
  await eventually(async () => expect((await town.view(outage.id)).outcomes).toEqual({ acknowledged: 7 }));
  const { maxCallsInFlightByNumber } = town.stack.simulator.calls();
  expect(maxCallsInFlightByNumber[number]).toBe(2);
  for (const person of people) await outage.expectOutcome(person, 'acknowledged');
});

test('an outage with its own limit never exceeds it', async () => {
  const people = Array.from({ length: 3 }, () =>
    town.callee().answers().hears('message').presses('1').hears('thanks').stays(),
  );
  const number = town.callerNumber();
  const outage = await town.declare(people, { callers: [{ number, lines: 2 }], maxConcurrentCalls: 1 });
  await outage.run();
  expect(town.stack.simulator.calls().maxCallsInFlightByNumber[number]).toBe(1);
});

test('one person in two rows, in different notations, is called once; invalid rows are reported, valid ones kept', async () => {
  const lena = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const outage = await town.declare([]);
  const national = lena.identity.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
  const csv = `name,phone\nLena,${lena.identity}\nLena again,${national}\nNobody,\nNonsense,12\n`;
  expect(await outage.add(csv)).toEqual({
    columns: [
      { column: 'name', as: 'name' },
      { column: 'phone', as: 'phone' },
    ],
    added: 1,
    alreadyThere: 0,
    duplicates: 1,
    rejected: 2,
    rejections: [
      { line: 4, reason: 'phone: is empty' },
      { line: 5, reason: 'phone: is an emergency or short number, which is never called' },
    ],
  });
  expect(await outage.add(csv)).toMatchObject({ added: 0, alreadyThere: 1 });
  await outage.run();
  await outage.expectOutcome(lena, 'acknowledged');
});

test('the timer starts the calls by itself, and ends the outage when everybody has an outcome', async () => {
  const mary = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const outage = await town.declare([mary]);
  await eventually(async () => expect((await town.view(outage.id)).state).toBe('finished'), 45_000);
  await outage.expectOutcome(mary, 'acknowledged');
}, 60_000);

test('an outage that has expired calls nobody who was not called yet', async () => {
  const late = town.callee().rings(0);
  const end = Date.now() + 1_500;
  // It may start only when it is too late.
  const startAt = new Date(end - 1).toISOString();
  const outage = await town.declare([late], { startAt, expiresAt: new Date(end).toISOString() });
  await eventually(async () => expect(Date.now()).toBeGreaterThan(end));
  await outage.run();
  await outage.expectOutcome(late, 'cancelled');
});

test('nobody is called in their quiet hours, and other people are called at once', async () => {
  const now = Date.now();
  const timeOf = (shiftHours: number): string => new Date(now + shiftHours * 3_600_000).toISOString().slice(11, 16);
  const asleep = town.callee().rings(0);
  const awake = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const quietHours = { from: timeOf(-1), to: timeOf(2), timeZone: 'UTC' };
  const outage = await town.declare([], { quietHours });
  const csv = `phone,timeZone\n${asleep.identity},\n${awake.identity},Asia/Kathmandu\n`;
  expect(await outage.add(csv)).toMatchObject({ added: 2, rejected: 0 });
  await town.tick();
  await eventually(async () => expect((await town.recipient(outage.id, awake))?.outcome).toBe('acknowledged'));
  expect((await town.recipient(outage.id, asleep))?.phase).toBe('waiting');
});
