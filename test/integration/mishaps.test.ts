import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.quick(5);
});
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

test('a call whose answer was lost is not placed again, and its first event shows whose it is', async () => {
  const ada = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const outage = await town.declare([ada]);
  town.stack.simulator.faults({ answerLost: { next: 1, only: ['createCall'] } });
  await outage.run();
  const { results } = await outage.expectOutcome(ada, 'acknowledged');
  expect(results).toHaveLength(1);
});

test('if the service throttles, the attempt does not count, and the person is called later', async () => {
  const bob = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const outage = await town.declare([bob], { retry: { maxAttempts: 1, delaySeconds: {} } });
  town.stack.simulator.faults({ throttled: { next: 1, only: ['createCall'], retryAfterSeconds: 1 } });
  await outage.run();
  const { results } = await outage.expectOutcome(bob, 'acknowledged');
  expect(results).toMatchObject([{ attempt: 1 }]);
});

test('a call without any event is requested again if that is safe, and otherwise ends as unknown', async () => {
  const carol = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  town.stack.simulator.faults({ failed: { next: 1, only: ['createCall'] } });
  const outage = await town.declare([carol]);
  await town.tick();
  await outage.ended();
  const { results } = await outage.expectOutcome(carol, 'acknowledged');
  const expected = town.isGa ? ['acknowledged'] : ['unknown', 'acknowledged'];
  expect(results.map(({ outcome }) => outcome)).toEqual(expected);
});

test('if the event of the end is lost, the line is free again after the lease, and the next person is called', async () => {
  const dan = town.callee().answers().hangsUp();
  const eve = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const callers = [{ number: town.callerNumber(), lines: 1 }];
  const once = { maxAttempts: 1, delaySeconds: {} };
  town.stack.simulator.faults({ dropped: { rate: 1 } });
  const outage = await town.declare([dan], { callers, retry: once });
  await town.tick();
  await town.stack.simulator.waitFor(({ calls }) =>
    calls.some(({ targets, state }) => targets.includes(dan.identity) && state === 'Terminated'),
  );
  town.stack.simulator.faults({});
  await outage.add(`phone\n${eve.identity}\n`);
  await outage.ended();
  await eventually(async () => expect((await town.recipient(outage.id, dan))?.outcome).toBe('unknown'));
  await outage.expectOutcome(eve, 'acknowledged');
});

test('callbacks that arrive twice, late or out of order change nothing', async () => {
  const people = Array.from({ length: 4 }, () =>
    town.callee().answers().hears('message').presses('1').hears('thanks').stays(),
  );
  town.stack.simulator.faults({ doubled: { rate: 0.5 }, reordered: { rate: 0.3 }, delayed: { rate: 0.3, ms: 300 } });
  const outage = await town.declare(people);
  await outage.run();
  town.stack.simulator.faults({});
  for (const person of people) {
    const recipient = await town.recipient(outage.id, person);
    expect(recipient?.results.map(({ outcome }) => outcome)).toEqual(['acknowledged']);
  }
});
