import { Presets, SingleBar } from 'cli-progress';

export type Progress = { update(ended: number, inFlight: number, calls: number): void; stop(): void };

/** Shows on stderr how many have an outcome: a live bar on a terminal, a line now and then elsewhere. */
export function progressBar(total: number): Progress {
  return process.stderr.isTTY ? liveBar(total) : plainLines(total);
}

function liveBar(total: number): Progress {
  const format =
    '{bar} {value}/{total} have an outcome · {inFlight} calls in flight · {calls} placed · {duration_formatted}';
  const bar = new SingleBar({ format, hideCursor: true, stream: process.stderr, barsize: 30 }, Presets.shades_classic);
  bar.start(total, 0, { inFlight: 0, calls: 0 });
  return { update: (ended, inFlight, calls) => bar.update(ended, { inFlight, calls }), stop: () => bar.stop() };
}

function plainLines(total: number): Progress {
  let shown = '';
  let at = 0;
  const line = (text: string): void => {
    if (text === shown) return;
    shown = text;
    at = Date.now();
    process.stderr.write(`${text}\n`);
  };
  return {
    update: (ended, inFlight, calls) => {
      const isWorthALine = ended === total || Date.now() - at >= 2000;
      if (isWorthALine) line(`${ended}/${total} have an outcome · ${inFlight} calls in flight · ${calls} placed`);
    },
    stop: () => undefined,
  };
}
