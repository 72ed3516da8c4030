import { type Attributes, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import { isAnswered, type Outcome } from '../rules/calls/outcome.ts';

/** The metrics, on the OpenTelemetry API. Without the SDK (azure-monitor.ts) they do nothing. */
const instrumentsOf = (meter: Meter) => ({
  started: meter.createCounter('ringdown.calls.started', { description: 'Calls that the service has placed.' }),
  answered: meter.createCounter('ringdown.calls.answered', { description: 'Calls that somebody picked up.' }),
  acknowledged: meter.createCounter('ringdown.calls.acknowledged', { description: 'Calls in which 1 was pressed.' }),
  failed: meter.createCounter('ringdown.calls.failed', { description: 'Calls that reached nobody, by outcome.' }),
  firstAudio: meter.createHistogram('ringdown.answer_to_first_audio', {
    unit: 'ms',
    description: 'From the answer until the service was told to play the message.',
  }),
  linesInUse: meter.createGauge('ringdown.lines.in_use', { description: 'Lines that a call holds.' }),
  resting: meter.createGauge('ringdown.numbers.resting', { description: 'Caller numbers that rest.' }),
  dueLag: meter.createGauge('ringdown.due_lag', {
    unit: 's',
    description: 'How long the recipient due longest has waited for a line.',
  }),
});

type Instruments = ReturnType<typeof instrumentsOf>;
let made: { readonly provider: MeterProvider; readonly instruments: Instruments } | undefined;

/** Creates the instruments again once the SDK is loaded: those created before do not use it. */
function instruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (made?.provider !== provider) made = { provider, instruments: instrumentsOf(provider.getMeter('ringdown')) };
  return made.instruments;
}

const of = (outageId: string | undefined): Attributes => (outageId === undefined ? {} : { outage: outageId });

/** Records the metrics of docs/operations.md. Does nothing until the export has started. */
export const measure = {
  callStarted: (): void => instruments().started.add(1),
  callAnswered: (outageId: string | undefined): void => instruments().answered.add(1, of(outageId)),
  callEnded(outageId: string | undefined, outcome: Outcome): void {
    if (outcome === 'acknowledged') instruments().acknowledged.add(1, of(outageId));
    if (!isAnswered(outcome)) instruments().failed.add(1, { ...of(outageId), outcome });
  },
  /** @param ms from the answer until we asked the service to play. */
  firstAudio: (ms: number): void => instruments().firstAudio.record(ms),
  /** @param dueLagMs how long the recipient due longest has waited, ms. */
  outage(outageId: string, linesInUse: number, dueLagMs: number, resting: number): void {
    instruments().linesInUse.record(linesInUse, of(outageId));
    instruments().resting.record(resting, of(outageId));
    instruments().dueLag.record(dueLagMs / 1000, of(outageId));
  },
} as const;
