import { NotAllowedError } from '../../src/lib/errors.ts';
import { patchOutage } from '../../src/lib/outages/patch.ts';
import { cancelOutage, pauseOutage, restoreOutage, resumeOutage } from '../../src/lib/outages/steer.ts';
import type { Services } from '../../src/lib/services.ts';
import type { Random } from './random.ts';

/** What somebody does with an outage while it goes on. */
export type Deed = { readonly afterMs: number; readonly outageId: string; readonly what: keyof typeof DEEDS };

const AUDIO = 'https://audio.example/6/all-clear.wav';

const DEEDS = {
  pause: (services: Services, id: string) => pauseOutage(services, id),
  resume: (services: Services, id: string) => resumeOutage(services, id),
  cancel: (services: Services, id: string) => cancelOutage(services, id, {}),
  hangUp: (services: Services, id: string) => cancelOutage(services, id, { hangUp: true }),
  restore: (services: Services, id: string) => restoreOutage(services, id, { message: AUDIO }),
  patch: (services: Services, id: string) =>
    patchOutage(services, id, { title: 'Changed', script: { message: AUDIO } }),
} as const;

/** Does it, or finds that it makes no sense: either way it is done. */
export async function steer(services: Services, { what, outageId }: Deed): Promise<void> {
  try {
    await DEEDS[what](services, outageId);
  } catch (error) {
    if (!(error instanceof NotAllowedError)) throw error;
  }
}

const MINUTE = 60_000;

/**
 * In every other world nobody does anything. In the others people pause and resume, change what is said, and then at last cancel it
 * or say that it is over, or not; whatever is paused is resumed when nothing goes wrong any more.
 */
export function drawDeeds(random: Random, outageIds: readonly string[], calmAfterMs: number): Deed[] {
  if (random.chance(0.5)) return [];
  return outageIds.flatMap((outageId) => {
    const deeds: Deed[] = Array.from({ length: random.int(0, 3) }, () => ({
      afterMs: random.int(0, calmAfterMs),
      outageId,
      what: random.pick(['pause', 'resume', 'patch']),
    }));
    const last = random.pick(['cancel', 'hangUp', 'restore', 'restore', undefined] as const);
    // An outage can be over long after everybody was told.
    if (last) deeds.push({ afterMs: random.int(1 * MINUTE, calmAfterMs + 20 * MINUTE), outageId, what: last });
    return [...deeds, { afterMs: calmAfterMs + 1 * MINUTE, outageId, what: 'resume' }];
  });
}
