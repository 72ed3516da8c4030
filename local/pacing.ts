import type { CallRecord } from '../simulator/simulator.ts';

/** How well the lines were used, by the telephone service's own record. Times are seconds. */
export type Pacing = {
  readonly calls: number;
  /** How long a call took, on average, from its first state to its last. */
  readonly callSeconds: number;
  /** From the first call's beginning to the last one's end. */
  readonly seconds: number;
  /** Had there been no pause between the end of a call and the beginning of the next on its line. */
  readonly idealSeconds: number;
  /** `seconds` as a multiple of `idealSeconds`. */
  readonly ratio: number;
};

/** @param lines how many calls there could be at once. Calls that have not ended do not count. */
export function pacingOf(calls: readonly CallRecord[], lines: number): Pacing {
  const spans = calls.flatMap(({ states }) => {
    const ended = states.find(({ state }) => state === 'Terminated');
    return states[0] && ended ? [{ from: Date.parse(states[0].at), to: Date.parse(ended.at) }] : [];
  });
  if (spans.length === 0) return { calls: 0, callSeconds: 0, seconds: 0, idealSeconds: 0, ratio: 1 };
  const inCalls = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  const whole = Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from));
  return {
    calls: spans.length,
    callSeconds: inCalls / spans.length / 1000,
    seconds: whole / 1000,
    idealSeconds: inCalls / lines / 1000,
    ratio: whole / (inCalls / lines),
  };
}
