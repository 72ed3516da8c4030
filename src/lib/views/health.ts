import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { type ConfigurationError, RingdownError, UnavailableError } from '../base/errors.ts';
import type { Services } from '../services/services.ts';

/** The result of a check. Never holds the value of a setting. */
const Check = z.string().describe('`ok`, or what is wrong.');

/** Whether the app works: `failing` if any check is not `ok`. */
export const Health = z.object({
  status: z.enum(['ok', 'failing']),
  version: z.string(),
  checks: z.object({ storage: Check, configuration: Check, timer: Check }),
  lastTickSecondsAgo: z.number().int().optional().describe('How long ago the last tick of the timer began.'),
});
export type Health = z.infer<typeof Health>;

/** How long to wait for storage, ms. */
const PATIENCE_MS = 5_000;

/** The timer has stopped if its last tick is older, s. */
const OVERDUE_SECONDS = 120;

/** One request to storage. */
export async function healthOf({ ticks, now }: Services): Promise<Health> {
  let beganAt: Date | undefined;
  const storage = await checked(async () => {
    beganAt = (await inTime(ticks.last())).beganAt;
  });
  const lastTickSecondsAgo = beganAt && Math.round((now().getTime() - beganAt.getTime()) / 1000);
  return healthFrom({ storage, configuration: 'ok', timer: timerIn(lastTickSecondsAgo) }, lastTickSecondsAgo);
}

/** A new app has not ticked yet. */
const timerIn = (secondsAgo = 0): string =>
  secondsAgo <= OVERDUE_SECONDS ? 'ok' : `the timer last ran ${secondsAgo} s ago`;

/** The health of an app with wrong settings, which cannot reach storage. */
export const healthWithout = ({ problems }: ConfigurationError): Health =>
  healthFrom({ storage: NOT_CHECKED, configuration: problems.join('; '), timer: NOT_CHECKED });

const NOT_CHECKED = 'not checked: the settings are wrong';

function healthFrom(checks: Health['checks'], lastTickSecondsAgo?: number): Health {
  const isWell = Object.values(checks).every((check) => check === 'ok');
  return { status: isWell ? 'ok' : 'failing', version: packageJson.version, checks, lastTickSecondsAgo };
}

async function checked(look: () => Promise<unknown>): Promise<string> {
  try {
    await look();
    return 'ok';
  } catch (error) {
    // Only our own messages never hold the value of a setting.
    return error instanceof RingdownError ? error.message : 'failing';
  }
}

async function inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnavailableError(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
