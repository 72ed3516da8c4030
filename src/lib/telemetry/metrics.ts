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
  rowsSetAside: meter.createCounter('ringdown.rows.set_aside', {
    description: 'Stored rows that could not be read, each time that one was met.',
  }),
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

/** Most recordings that wait for the export to start. */
const MAX_HELD = 10_000;
let held: ((it: Instruments) => void)[] | undefined;

/** Holds what is recorded until the export starts. Without it, recordings before the start are lost. */
export function holdMetrics(): void {
  held = [];
}

/** Records what was held, and holds nothing more. */
export function releaseMetrics(): void {
  const waiting = held ?? [];
  held = undefined;
  for (const recording of waiting) recording(instruments());
}

function record(recording: (it: Instruments) => void): void {
  if (held === undefined) recording(instruments());
  else if (held.length < MAX_HELD) held.push(recording);
}

const of = (outageId: string | undefined): Attributes => (outageId === undefined ? {} : { outage: outageId });

/** Records the metrics of docs/operations.md. Does nothing if there is no export. */
export const measure = {
  callStarted: (): void => record(({ started }) => started.add(1)),
  callAnswered: (outageId: string | undefined): void => record(({ answered }) => answered.add(1, of(outageId))),
  callEnded(outageId: string | undefined, outcome: Outcome): void {
    record(({ acknowledged, failed }) => {
      if (outcome === 'acknowledged') acknowledged.add(1, of(outageId));
      if (!isAnswered(outcome)) failed.add(1, { ...of(outageId), outcome });
    });
  },
  /** @param table the table of a row that could not be read. */
  rowSetAside: (table: string): void => instruments().rowsSetAside.add(1, { table }),
  /** @param ms from the answer until we asked the service to play. */
  firstAudio: (ms: number): void => record(({ firstAudio }) => firstAudio.record(ms)),
  /** @param dueLagMs how long the recipient due longest has waited, ms. */
  outage(outageId: string, inUse: number, dueLagMs: number, numbersResting: number): void {
    record(({ linesInUse, resting, dueLag }) => {
      linesInUse.record(inUse, of(outageId));
      resting.record(numbersResting, of(outageId));
      dueLag.record(dueLagMs / 1000, of(outageId));
    });
  },
} as const;
