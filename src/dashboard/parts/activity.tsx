import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Minute } from '../types.ts';
import { count } from '../words.ts';

const MINUTE_MS = 60_000;
const HEIGHT = 190;
/** For a longer outage, a bar covers more than one minute. */
const MAX_BARS = 90;

type Bars = [number[], number[], number[]];

/** Minutes without calls are bars too. A long period has fewer, wider bars. */
export function barsOf(minutes: readonly Minute[]): { readonly bars: Bars; readonly minutesEach: number } {
  const times = minutes.map(({ at }) => Date.parse(at));
  const first = Math.min(...times);
  const span = minutes.length === 0 ? 0 : (Math.max(...times) - first) / MINUTE_MS + 1;
  const minutesEach = Math.max(1, Math.ceil(span / MAX_BARS));
  const length = Math.max(10, Math.ceil(span / minutesEach));
  const bars: Bars = [[], [], []];
  for (let bar = 0; bar < length; bar++) {
    bars[0].push((first + bar * minutesEach * MINUTE_MS) / 1000);
    bars[1].push(0);
    bars[2].push(0);
  }
  for (const [index, { ended, answered }] of minutes.entries()) {
    const bar = Math.floor(((times[index] ?? first) - first) / MINUTE_MS / minutesEach);
    bars[1][bar] = (bars[1][bar] ?? 0) + ended;
    bars[2][bar] = (bars[2][bar] ?? 0) + answered;
  }
  return { bars, minutesEach };
}

/** Calls that ended, and how many of them were answered, over time. */
export function ActivityChart({ minutes }: { readonly minutes: readonly Minute[] }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const { bars, minutesEach } = barsOf(minutes);
  const isEmpty = minutes.length === 0;

  useEffect(() => {
    const element = box.current;
    if (!element || isEmpty) return;
    const make = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(element), bars, element);
    };
    make();
    const size = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    size.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', make);
    return () => {
      size.disconnect();
      scheme.removeEventListener('change', make);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [isEmpty]);

  useEffect(() => chart.current?.setData(bars));

  const ended = minutes.reduce((sum, minute) => sum + minute.ended, 0);
  const answered = minutes.reduce((sum, minute) => sum + minute.answered, 0);
  return (
    <section class="card" aria-labelledby="activity-title">
      <div class="card-title">
        <h2 id="activity-title">Calls over time</h2>
        <p class="key">
          <i class="dot ended" aria-hidden="true" />
          ended <i class="dot was-answered" aria-hidden="true" />
          answered, {minutesEach === 1 ? 'each minute' : `every ${minutesEach} minutes`}
        </p>
      </div>
      {isEmpty ? (
        <p class="empty">No call has ended yet.</p>
      ) : (
        <div
          ref={box}
          class="chart"
          role="img"
          aria-label={`${count(ended)} calls have ended, ${count(answered)} of them were answered.`}
        />
      )}
    </section>
  );
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--faint'),
    grid: { stroke: color('--edge'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  const bars = uPlot.paths.bars?.({ size: [0.8, 40], align: 1, radius: 0.15 });
  const series = (label: string, fill: string): uPlot.Series => ({
    label,
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, y: { range: (_chart, _min, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
    axes: [
      {
        ...axis,
        size: 30,
        gap: 9,
        grid: { show: false },
        values: (_chart, ticks) => ticks.map((tick) => TIME.format(tick * 1000)),
      },
      {
        ...axis,
        size: 44,
        values: (_chart, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? count(tick) : '')),
      },
    ],
    series: [{}, series('ended', color('--ended')), series('answered', color('--answered'))],
  };
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
