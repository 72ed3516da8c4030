import { patchOutage } from '../../src/lib/outages/patch.ts';
import { cancelOutage, pauseOutage, restoreOutage, resumeOutage } from '../../src/lib/outages/steer.ts';
import type { Services } from '../../src/lib/services.ts';
import type { Random } from './random.ts';

/** What somebody who runs the outage does, at some moment. */
export type Step = {
  readonly afterMs: number;
  readonly does: 'pause' | 'resume' | 'cancel' | 'restore' | 'patch';
  /** As it is sent. */
  readonly body: object;
};

const MINUTE = 60_000;

/** What the all-clear says: `restored` in its name tells it from what the outage says. */
const ALL_CLEAR = 'https://audio.example/6/restored.wav';

/**
 * Some outages are let be; others are paused, resumed, changed, cancelled or restored, in any order and also where it makes no
 * sense.
 */
export const drawSteps = (random: Random): Step[] =>
  random.chance(0.4) ? [] : Array.from({ length: random.int(1, 6) }, () => drawStep(random));

type Deed = Omit<Step, 'afterMs'>;

const drawStep = (random: Random): Step => ({
  afterMs: random.weighted<() => number>([
    [() => random.int(0, 5 * MINUTE), 1],
    [() => random.int(0, 40 * MINUTE), 1],
  ])(),
  ...random.weighted<() => Deed>([
    [() => ({ does: 'pause', body: {} }), 4],
    [() => ({ does: 'resume', body: {} }), 3],
    [() => ({ does: 'patch', body: drawPatch(random) }), 3],
    [() => drawEnd(random), 2],
  ])(),
});

const drawEnd = (random: Random): Deed =>
  random.weighted<Deed>([
    [{ does: 'resume', body: {} }, 3],
    [{ does: 'cancel', body: {} }, 2],
    [{ does: 'cancel', body: { hangUp: true } }, 2],
    [{ does: 'restore', body: { message: ALL_CLEAR } }, 5],
  ]);

const drawPatch = (random: Random): object => ({
  title: `Storm ${random.int(1, 9)}`,
  script: { message: `https://audio.example/${random.int(5, 25)}/message-${random.int(1, 1_000_000)}.wav` },
});

/** functions/{pause,resume,cancel,restore,patch}Outage.ts, but for the answer's body. */
export const STEERING: Readonly<
  Record<Step['does'], (services: Services, id: string, body: object) => Promise<unknown>>
> = {
  pause: (services, id) => pauseOutage(services, id),
  resume: (services, id) => resumeOutage(services, id),
  cancel: (services, id, body) => cancelOutage(services, id, body),
  restore: (services, id, body) => restoreOutage(services, id, body),
  patch: (services, id, body) => patchOutage(services, id, body),
};
