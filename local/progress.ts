import { Presets, SingleBar } from 'cli-progress';

export type Progress = {
  start(total: number): void;
  update(ended: number, inFlight: number, calls: number): void;
  /** Restores the terminal. Idempotent, also before `start`. */
  stop(): void;
};

/** Shows on stderr how many people have an outcome: a live bar on a terminal, otherwise a line every two seconds. */
export function progressBar(): Progress {
  return process.stderr.isTTY ? liveBar() : plainLines();
}

function liveBar(): Progress {
  const format = '{bar} {value}/{total} have an outcome · {inFlight} in flight · {calls} placed · {duration_formatted}';
  const bar = new SingleBar({ format, hideCursor: true, stream: process.stderr, barsize: 30 }, Presets.shades_classic);
  return {
    start: (total) => bar.start(total, 0, { inFlight: callsText(0), calls: 0 }),
    update: (ended, inFlight, calls) => bar.update(ended, { inFlight: callsText(inFlight), calls }),
    stop: () => bar.stop(),
  };
}

function plainLines(): Progress {
  let total = 0;
  let shown = '';
  let at = 0;
  return {
    start: (people) => {
      total = people;
    },
    update: (ended, inFlight, calls) => {
      const text = `${ended}/${total} have an outcome · ${inFlight} in flight · ${calls} placed`;
      const isWorthALine = ended === total || Date.now() - at >= 2000;
      if (!isWorthALine || text === shown) return;
      shown = text;
      at = Date.now();
      process.stderr.write(`${text}\n`);
    },
    stop: () => undefined,
  };
}

const callsText = (count: number): string => (count === 1 ? '1 call' : `${count} calls`);
