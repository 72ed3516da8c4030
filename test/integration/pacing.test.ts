import { expect, test } from 'vitest';
import { pacingOf } from '../../local/pacing.ts';
import { Town } from './support/town.ts';

/** Limit for the duration of an outage, as a multiple of N · d / L: N people, calls of d seconds, L lines. */
const AT_MOST = 1.15;
const PEOPLE = 24;
const CALLERS = 4;
const LINES_EACH = 2;
/** The callee hangs up during the message, so the app's reaction time does not lengthen the call. */
const LISTENS_SECONDS = 7;

test('when a call ends, the next one starts at once: the lines have no pauses, and their number is never exceeded', async () => {
  // The host polls an empty queue once a second (host.json), so a line may wait that long between two calls.
  // The timer is disabled: after the one tick by hand, only the end of a call starts the next one.
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
    // Computed from the start and end of each call, and as the simulator counted.
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
