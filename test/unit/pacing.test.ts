import { expect, it } from 'vitest';
import { pacingOf } from '../../local/pacing.ts';
import type { CallRecord } from '../../simulator/simulator.ts';

const OURS = '+14255550190';
const OTHER = '+14255550191';
const ONE_LINE_EACH = [
  { number: OURS, lines: 1 },
  { number: OTHER, lines: 1 },
];

const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 12) + second * 1000).toISOString();

/** A call in the simulator's list, with its start and end in seconds; without an end it is in progress. */
function call(callerNumber: string, from: number, to?: number): CallRecord {
  return {
    callLegId: `${callerNumber} ${from}`,
    placedBy: 'createCall',
    state: to === undefined ? 'Established' : 'Terminated',
    states: [
      { state: 'Establishing', at: at(from) },
      ...(to === undefined ? [] : [{ state: 'Terminated' as const, at: at(to) }]),
    ],
    conversationId: null,
    source: '8:acs:town_ringdown',
    callerNumber,
    targets: [],
    subject: null,
    callbackUri: 'http://127.0.0.1/',
    reason: null,
    people: [],
    operations: [],
    events: [],
  };
}

it('if the end of each call starts the next at once, an outage takes N · d / L', () => {
  const calls = [call(OURS, 0, 10), call(OTHER, 0, 10), call(OURS, 10, 20), call(OTHER, 10, 20)];
  expect(pacingOf(calls, ONE_LINE_EACH)).toEqual({
    calls: 4,
    callSeconds: 10,
    seconds: 20,
    idealSeconds: 20,
    ratio: 1,
    restSeconds: 0,
    mostAtOnce: { [OURS]: 1, [OTHER]: 1 },
    exceeded: [],
  });
});

it('a pause on a line makes the outage longer', () => {
  const calls = [call(OURS, 0, 10), call(OTHER, 0, 10), call(OURS, 14, 24), call(OTHER, 15, 25)];
  expect(pacingOf(calls, ONE_LINE_EACH)).toMatchObject({ seconds: 25, idealSeconds: 20, ratio: 1.25, restSeconds: 5 });
});

it('two calls at the same time on a number with one line are reported', () => {
  const calls = [call(OURS, 0, 10), call(OURS, 9, 19), call(OTHER, 0, 10)];
  expect(pacingOf(calls, ONE_LINE_EACH)).toMatchObject({
    mostAtOnce: { [OURS]: 2, [OTHER]: 1 },
    exceeded: [OURS],
  });
});

it('a call in progress uses a line but has no duration yet', () => {
  const calls = [call(OURS, 0), call(OURS, 3600, 3610)];
  expect(pacingOf(calls, ONE_LINE_EACH)).toMatchObject({ calls: 1, callSeconds: 10, exceeded: [OURS] });
});

it('without calls the ratio is 1', () => {
  expect(pacingOf([], ONE_LINE_EACH)).toMatchObject({ calls: 0, ratio: 1, restSeconds: 0, exceeded: [] });
});
