import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../src/lib/call-automation/events.ts';
import { LegState } from '../../src/lib/rules/calls/leg.ts';
import { better } from '../../src/lib/rules/calls/outcome.ts';
import { meaningOf } from '../../src/lib/rules/calls/script.ts';
import { identityOfEvent } from '../fixtures/ids.ts';
import { call, contextOf, inWords, type PhoneCall } from './support/phone-call.ts';
import { disorderly, type Scenario, scenarios } from './support/scenarios.ts';

/** The events without repetitions, which the app recognises by their identity. */
function counted(events: readonly CallEvent[]): CallEvent[] {
  return [...new Map(events.toReversed().map((event) => [identityOfEvent(event), event])).values()].toReversed();
}

/** The call after none, one, two … of the events. */
function unfolding({ script }: Scenario, events: readonly CallEvent[]): PhoneCall[] {
  const moments = [call(script)];
  for (const event of counted(events)) moments.push((moments.at(-1) ?? call(script)).after(event));
  return moments;
}

/** Checks each state of a call and the next, with its events in any order. */
function alwaysBetween(holds: (before: PhoneCall, after: PhoneCall) => void): void {
  fc.assert(
    fc.property(disorderly, ({ scenario, events }) => {
      const moments = unfolding(scenario, events);
      for (const [index, after] of moments.entries()) {
        const before = moments[index - 1];
        if (before) holds(before, after);
      }
    }),
    { numRuns: 400 },
  );
}

const rankOf = ({ leg }: PhoneCall): number => LegState.options.indexOf(leg.state);
const isOver = ({ leg }: PhoneCall): boolean => leg.state === 'terminated';

describe('for any events of a call, in any order,', () => {
  it('its state never goes back', () => {
    alwaysBetween((before, after) => expect(rankOf(after)).toBeGreaterThanOrEqual(rankOf(before)));
  });

  it('its outcome never gets worse', () => {
    alwaysBetween((before, after) => {
      expect(better(before.leg.outcome, after.leg.outcome)).toBe(after.leg.outcome);
    });
  });

  it('once over it stays over, has an outcome, and requests nothing', () => {
    alwaysBetween((before, after) => {
      if (isOver(after)) expect(after.leg).toMatchObject({ stage: 'ended', outcome: expect.any(String) });
      if (isOver(before)) expect(after.leg.state).toBe('terminated');
      if (isOver(before)) expect(after.actions).toEqual([]);
    });
  });

  it('it never becomes unanswered again', () => {
    alwaysBetween((before, after) => expect(after.leg.answered || !before.leg.answered).toBe(true));
  });

  it('it always waits for something while it is in progress', () => {
    alwaysBetween((_, { leg }) => {
      const isUp = !['ringing', 'talking', 'ended'].includes(leg.stage);
      if (isUp) expect(leg.awaits).toEqual(expect.any(String));
    });
  });

  it('no two of its actions share a context, and each has one before it is awaited', () => {
    fc.assert(
      fc.property(disorderly, ({ scenario, events }) => {
        const names = unfolding(scenario, events).at(-1)?.allActions.map(contextOf) ?? [];
        expect(new Set(names).size).toBe(names.length);
        expect(names.every((name) => /^[a-z-]+-\d+$/.test(name))).toBe(true);
      }),
    );
  });

  it('it is acknowledged if and only if that key was pressed', () => {
    fc.assert(
      fc.property(disorderly, ({ scenario, events }) => {
        const leg = unfolding(scenario, events).at(-1)?.leg;
        const presses = events.filter(
          (event) =>
            event.type === 'DtmfReceived' && meaningOf(scenario.script, event.data.toneInfo.tone) === 'acknowledge',
        );
        // An operator in the call may press keys too. The order of events decides whether the app knows that in time.
        const joinedAt = leg?.joinedAt ?? '9999';
        const isSurelyTheirs = presses.some(({ occurredAt }) => occurredAt <= joinedAt);
        if (leg?.outcome === 'acknowledged') expect(presses).not.toEqual([]);
        if (isSurelyTheirs) expect(leg?.outcome).toBe('acknowledged');
      }),
      { numRuns: 400 },
    );
  });

  it('the message is played at most ten times', () => {
    fc.assert(
      fc.property(disorderly, ({ scenario, events }) => {
        const asked = unfolding(scenario, events).at(-1)?.allActions.map(inWords) ?? [];
        expect(asked.filter((words) => words === 'play message').length).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('the same events lead to the same leg, so that a repeated decision is the same', () => {
    fc.assert(
      fc.property(disorderly, ({ scenario, events }) => {
        expect(unfolding(scenario, events).at(-1)).toEqual(unfolding(scenario, events).at(-1));
      }),
      { numRuns: 50 },
    );
  });
});

describe('events in order', () => {
  it('make no difference if they are delivered twice', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const twice = scenario.events.flatMap((event) => [event, event]);
        expect(unfolding(scenario, twice).at(-1)).toEqual(unfolding(scenario, scenario.events).at(-1));
      }),
    );
  });

  it('every drawn history reaches the end of the call', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const end = unfolding(scenario, scenario.events).at(-1);
        expect(end?.leg).toMatchObject({ state: 'terminated', stage: 'ended', outcome: expect.any(String) });
      }),
    );
  });
});
