import type { CallRecord } from '../simulator/simulator.ts';
import type { Caller } from '../src/lib/rules/outages/outage.ts';

/** How well the lines were used, according to the simulator's record. Times are in seconds. */
export type Pacing = {
  readonly calls: number;
  /** Average length of a call, from its first to its last state. */
  readonly callSeconds: number;
  /** From the start of the first call to the end of the last one. */
  readonly seconds: number;
  /** The same without pauses between calls. */
  readonly idealSeconds: number;
  /** `seconds` as a multiple of `idealSeconds`. */
  readonly ratio: number;
  /** Median time that a line was free between two calls. */
  readonly restSeconds: number;
  /** The most calls at once, by number. */
  readonly mostAtOnce: Readonly<Record<string, number>>;
  /** Numbers that had more calls at once than lines. */
  readonly exceeded: readonly string[];
};

/** When a call had a line, ms since the epoch. `to` is infinite for a call in progress. */
type Span = { readonly from: number; readonly to: number };

/** Computes the pacing of calls. Calls in progress count only as concurrent calls. */
export function pacingOf(calls: readonly CallRecord[], callers: readonly Caller[]): Pacing {
  const used = callers.map((caller) => ({ ...caller, spans: spansOf(calls, caller.number) }));
  const most = used.map(({ spans, ...caller }) => ({ ...caller, atOnce: mostOf(spans) }));
  return {
    ...paceOf(
      used.flatMap(({ spans }) => spans.filter(({ to }) => to < Number.POSITIVE_INFINITY)),
      sum(callers.map(({ lines }) => lines)),
    ),
    restSeconds: median(used.flatMap(({ spans, lines }) => restsOf(spans, lines))) / 1000,
    mostAtOnce: Object.fromEntries(most.map(({ number, atOnce }) => [number, atOnce])),
    exceeded: most.filter(({ atOnce, lines }) => atOnce > lines).map(({ number }) => number),
  };
}

function paceOf(ended: readonly Span[], lines: number) {
  if (ended.length === 0) return { calls: 0, callSeconds: 0, seconds: 0, idealSeconds: 0, ratio: 1 };
  const inCalls = sum(ended.map(({ from, to }) => to - from));
  const whole = Math.max(...ended.map(({ to }) => to)) - Math.min(...ended.map(({ from }) => from));
  return {
    calls: ended.length,
    callSeconds: inCalls / ended.length / 1000,
    seconds: whole / 1000,
    idealSeconds: inCalls / lines / 1000,
    ratio: whole / (inCalls / lines),
  };
}

/** The calls placed from a number, in order of their start. */
function spansOf(calls: readonly CallRecord[], number: string): Span[] {
  const spans = calls.flatMap(({ callerNumber, states }) => {
    const ended = states.find(({ state }) => state === 'Terminated');
    if (callerNumber !== number || !states[0]) return [];
    return [{ from: Date.parse(states[0].at), to: ended ? Date.parse(ended.at) : Number.POSITIVE_INFINITY }];
  });
  return spans.sort((a, b) => a.from - b.from);
}

function mostOf(spans: readonly Span[]): number {
  const changes = spans.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  // If one call ends and another starts in the same millisecond, the end comes first.
  changes.sort((a, b) => (a.at === b.at ? a.by - b.by : a.at - b.at));
  let [atOnce, most] = [0, 0];
  for (const { by } of changes) {
    atOnce += by;
    most = Math.max(most, atOnce);
  }
  return most;
}

/** While all lines are in use, the next call takes the line of the call that ended first. */
function restsOf(spans: readonly Span[], lines: number): number[] {
  const ends = spans.map(({ to }) => to).sort((a, b) => a - b);
  return spans.slice(lines).map(({ from }, index) => Math.max(0, from - (ends[index] ?? from)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
