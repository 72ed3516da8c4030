import { expect, test } from 'vitest';
import { pacingOf } from '../../local/pacing.ts';
import { Town } from './support/town.ts';

/** An outage of N people on L lines, with calls of d seconds, takes at most so many times N · d / L. */
const AT_MOST = 1.15;
const PEOPLE = 24;
const CALLERS = 4;
const LINES_EACH = 2;
/** After ringing for a second, and before the message is over: how long the app takes to react does not lengthen a call. */
const LISTENS_SECONDS = 7;

test('the end of a call starts the next at once: the lines are used without a pause, and never exceeded', async () => {
  // Between two calls on a line the host polls a queue that has been empty for a while, up to a second (host.json). The timer
  // is switched off after its first run, which is by hand: what the end of a call does not start, nothing does.
  const settings = { 'AzureWebJobs.notifyOutages.Disabled': 'true' };
  const town = await Town.found({ settings, simulator: { speed: 1 } });
  try {
    const people = Array.from({ length: PEOPLE }, () => town.callee().answers().hangsUp(LISTENS_SECONDS));
    const callers = Array.from({ length: CALLERS }, () => ({ number: town.callerNumber(), lines: LINES_EACH }));
    const outage = await town.declare(people, { callers });
    await town.tick();
    await town.stack.simulator.waitFor(
      ({ calls, callsInFlight }) => calls.length === PEOPLE && callsInFlight === 0,
      60_000,
    );

    const { calls, maxCallsInFlightByNumber } = town.stack.simulator.calls();
    const pacing = pacingOf(calls, callers);
    expect(pacing.calls).toBe(PEOPLE);
    expect(pacing.ratio, JSON.stringify(pacing)).toBeLessThanOrEqual(AT_MOST);
    // By each call's beginning and end, and as the service counted them itself.
    const full = Object.fromEntries(callers.map(({ number }) => [number, LINES_EACH]));
    expect(pacing.mostAtOnce).toEqual(full);
    expect(maxCallsInFlightByNumber).toMatchObject(full);
    await outage.ended();
    expect((await town.view(outage.id)).outcomes).toEqual({ answered: PEOPLE });
    town.nothingElseRang();
  } finally {
    await town.close();
  }
}, 90_000);
