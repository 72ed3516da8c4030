import { OUTCOME_GLOSSARY } from '../src/lib/rules/calls/outcome-glossary.ts';
import type { Caller } from '../src/lib/rules/outages/outage.ts';
import type { OutageView } from '../src/lib/views/outage-view.ts';
import { type Pacing, pacingOf } from './pacing.ts';
import type { Stack } from './stack.ts';
import { tableText } from './table-text.ts';

/** The result of the demo. Calls are counted from the simulator's record, not the app's. */
export type Report = {
  readonly recipients: number;
  readonly outcomes: Record<string, number>;
  readonly everyoneHasAnOutcome: boolean;
  readonly calls: number;
  readonly maxCallsInFlight: number;
  readonly lines: number;
  readonly pacing: Pacing;
  readonly seconds: number;
  readonly speed: number;
  readonly seed: number;
};

type Circumstances = { begun: number; speed: number; seed: number; callers: readonly Caller[] };

export function reportOf(stack: Stack, view: OutageView, { begun, callers, ...given }: Circumstances): Report {
  const { calls, maxCallsInFlight } = stack.simulator.calls();
  const { recipients, outcomes, states } = view;
  return {
    recipients,
    outcomes,
    everyoneHasAnOutcome: recipients > 0 && states.done === recipients,
    calls: calls.length,
    maxCallsInFlight,
    lines: callers.reduce((sum, { lines }) => sum + lines, 0),
    pacing: pacingOf(calls, callers),
    seconds: Math.round((Date.now() - begun) / 100) / 10,
    ...given,
  };
}

export function tableOf(report: Report): string {
  const outcomes = OUTCOME_GLOSSARY.filter(({ outcome }) => report.outcomes[outcome]);
  const table = tableText(
    ['outcome', 'people', 'meaning'],
    outcomes.map(({ outcome, means }) => [outcome, String(report.outcomes[outcome]), means]),
  );
  const { recipients, calls, seconds, maxCallsInFlight, lines, pacing } = report;
  return `${table}

${recipients} people, ${calls} calls in ${seconds} s, at most ${maxCallsInFlight} at once on ${lines} lines; ${overrun(pacing)}.
${paceText(pacing)}`;
}

function overrun({ exceeded }: Pacing): string {
  return exceeded.length === 0 ? 'no number exceeded its lines' : `too many calls at once from ${exceeded.join(', ')}`;
}

/** Compares with the ideal, which excludes waits for retries. */
function paceText({ callSeconds, idealSeconds, seconds, ratio, restSeconds }: Pacing): string {
  const ideal = `A call took ${callSeconds.toFixed(1)} s on average. Without pauses between calls, all lines together would need ${idealSeconds.toFixed(1)} s.`;
  return `${ideal}
With pauses and waits for retries they took ${seconds.toFixed(1)} s, ${ratio.toFixed(2)} times as long. Between two calls a line was free for ${restSeconds.toFixed(1)} s.`;
}
