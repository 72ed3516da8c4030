import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CallRecord } from '../../simulator/simulator.ts';
import type { Callee } from './support/callee.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

const PEOPLE = 100;
const CRASHES = 8;

/** The times at which calls to the person were in progress, ms. */
type Busy = { readonly from: number; readonly to: number };

const busyTimes = (calls: readonly CallRecord[], identity: string): Busy[] =>
  calls
    .filter(({ targets }) => targets.includes(identity))
    .map(({ states }) => {
      const end = states.find(({ state }) => state === 'Terminated')?.at;
      return { from: Date.parse(states[0]?.at ?? ''), to: end ? Date.parse(end) : Number.POSITIVE_INFINITY };
    })
    .sort((a, b) => a.from - b.from);

const pressedOne = (calls: readonly CallRecord[], identity: string): boolean =>
  calls.flatMap(({ people }) => people).some((person) => person.identity === identity && person.pressed.includes('1'));

/** Kills the app without warning and starts it again. The simulator and the storage keep running. */
async function crash(town: Town): Promise<void> {
  const app = town.stack.app();
  process.kill(app.pid, 'SIGKILL');
  await app.exited;
  await town.stack.restart();
}

test('after crashes at any moment, everybody has one true outcome and no phone rang twice at the same time', async () => {
  // Leases of seconds, not minutes, so that the timer heals interrupted attempts within the test.
  const town = await Town.quick(6, {
    settings: { MAX_CALL_SECONDS: '30' },
    simulator: { seed: 7 },
  });
  try {
    const people = Array.from({ length: PEOPLE }, (_, index) => scripted(town.callee(), index));
    town.stack.simulator.faults({
      doubled: { rate: 0.1 },
      dropped: { rate: 0.02 },
      reordered: { rate: 0.1 },
      answerLost: { rate: 0.02 },
      failed: { rate: 0.02 },
      throttled: { rate: 0.02, retryAfterSeconds: 1 },
    });
    const callers = Array.from({ length: 8 }, () => ({ number: town.callerNumber(), lines: 2 }));
    const delaySeconds = { busy: 1, noAnswer: 1, failed: 1, unknown: 1 };
    const outage = await town.declare(people, { callers, retry: { maxAttempts: 3, delaySeconds } });
    await town.tick();
    for (let crashes = 0; crashes < CRASHES; crashes++) {
      await pause(700 + 350 * ((crashes * 7) % 5));
      // Alternately the host, and only the worker, which the host starts again.
      if (crashes % 2 === 0) await crash(town);
      else process.kill(town.stack.workerPid(), 'SIGKILL');
      await town.tick();
    }
    town.stack.simulator.faults({});
    await eventually(async () => {
      const { recipients, states } = await town.view(outage.id);
      if (states.done < recipients) await town.tick();
      expect({ recipients, done: states.done }).toEqual({ recipients: PEOPLE, done: PEOPLE });
    }, 120_000);

    const { calls, maxCallsInFlightByNumber } = town.stack.simulator.calls();
    for (const person of people) {
      const recipient = await town.recipient(outage.id, person);
      const busy = busyTimes(calls, person.identity);
      for (const [index, time] of busy.entries()) expect(time.from).toBeGreaterThanOrEqual(busy[index - 1]?.to ?? 0);
      expect(busy.length).toBeLessThanOrEqual(recipient?.results.length ?? 0);
      if (recipient?.outcome === 'acknowledged') expect(pressedOne(calls, person.identity)).toBe(true);
    }
    for (const { number } of callers) expect(maxCallsInFlightByNumber[number] ?? 0).toBeLessThanOrEqual(2);
    await eventually(() => expect(town.stack.simulator.calls().callsInFlight).toBe(0), 60_000);
  } finally {
    await town.close();
  }
}, 240_000);

/** Gives each person a behaviour; most of them acknowledge. */
function scripted(callee: Callee, index: number): Callee {
  switch (index % 10) {
    case 0:
      return callee.isBusy().answers().presses('1').stays();
    case 1:
      return callee.doesNotAnswer();
    case 2:
      return callee.answers().presses('5').hangsUp();
    case 3:
      return callee.answers().stays();
    case 4:
      return callee.declines();
    default:
      return callee.answers().presses('1').stays();
  }
}
