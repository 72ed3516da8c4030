import { NotAllowedError } from '../../src/lib/base/errors.ts';
import { patchOutage } from '../../src/lib/outages/patch.ts';
import { cancelOutage, launchOutage, pauseOutage, restoreOutage, resumeOutage } from '../../src/lib/outages/steer.ts';
import type { Services } from '../../src/lib/services/services.ts';
import type { Random } from './random.ts';

/** What a person does with an outage while it runs. */
export type Deed = { readonly afterMs: number; readonly outageId: string; readonly what: keyof typeof DEEDS };

const AUDIO = 'https://audio.example/6/all-clear.wav';

const DEEDS = {
  launch: (services: Services, { outageId }: Deed) => launchOutage(services, outageId),
  pause: (services: Services, { outageId }: Deed) => pauseOutage(services, outageId),
  pauseAndHangUp: (services: Services, { outageId }: Deed) => pauseOutage(services, outageId, { hangUp: true }),
  resume: (services: Services, { outageId }: Deed) => resumeOutage(services, outageId),
  cancel: (services: Services, { outageId }: Deed) => cancelOutage(services, outageId, {}),
  hangUp: (services: Services, { outageId }: Deed) => cancelOutage(services, outageId, { hangUp: true }),
  restore: (services: Services, { outageId }: Deed) => restoreOutage(services, outageId, { message: AUDIO }),
  patch: (services: Services, { outageId, afterMs }: Deed) =>
    // Each change has its own message, so that the checks can tell which one a call plays.
    patchOutage(services, outageId, {
      title: `Changed at ${afterMs}`,
      script: { message: `https://audio.example/${5 + (afterMs % 20)}/changed-${afterMs}.wav` },
    }),
} as const;

/** Does it; ignores that the current state does not allow it. */
export async function steer(services: Services, deed: Deed): Promise<void> {
  try {
    await DEEDS[deed.what](services, deed);
  } catch (error) {
    if (!(error instanceof NotAllowedError)) throw error;
  }
}

const MINUTE = 60_000;

/**
 * In half of the worlds with faults nobody does anything. In all others people pause, resume, change, cancel and
 * restore outages, in any order, allowed or not. Paused outages are resumed once the faults stop.
 */
export function drawDeeds(random: Random, outageIds: readonly string[], calmAfterMs: number, isCalm: boolean): Deed[] {
  if (!isCalm && random.chance(0.5)) return [];
  return outageIds.flatMap((outageId) => {
    // Most calls are placed in the first minutes.
    const soonMs = isCalm ? 1 * MINUTE : random.int(1, 5) * MINUTE;
    const soon = isCalm || random.chance(0.7) ? Math.min(calmAfterMs, soonMs) : calmAfterMs;
    const deeds: Deed[] = Array.from({ length: random.int(0, 4) }, () => ({
      afterMs: random.int(0, soon),
      outageId,
      what: random.weighted<Deed['what']>([
        ['pause', 3],
        ['pauseAndHangUp', 1],
        ['resume', 3],
        ['patch', 4],
        ['cancel', 0.5],
        ['hangUp', 0.5],
        ['restore', 1],
      ]),
    }));
    const last = random.pick(['cancel', 'hangUp', 'hangUp', 'restore', 'restore', undefined] as const);
    // An outage may end long after everybody was told.
    const lastMs =
      isCalm || random.chance(0.5) ? random.int(0, soon) : random.int(1 * MINUTE, calmAfterMs + 20 * MINUTE);
    if (last) deeds.push({ afterMs: lastMs, outageId, what: last });
    return [...deeds, { afterMs: calmAfterMs + 1 * MINUTE, outageId, what: 'resume' }];
  });
}
