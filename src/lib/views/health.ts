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
  checks: z.object({ storage: Check, configuration: Check }),
});
export type Health = z.infer<typeof Health>;

/** How long to wait for storage, ms. */
const PATIENCE_MS = 5_000;

/** One request to storage, for a row that does not exist. */
export async function healthOf({ ids, optOuts }: Services): Promise<Health> {
  return healthFrom({ storage: await checked(() => inTime(optOuts.has(ids.numberIdOf({})))), configuration: 'ok' });
}

/** The health of an app with wrong settings, which cannot reach storage. */
export const healthWithout = ({ problems }: ConfigurationError): Health =>
  healthFrom({ storage: 'not checked: the settings are wrong', configuration: problems.join('; ') });

function healthFrom(checks: Health['checks']): Health {
  const isWell = Object.values(checks).every((check) => check === 'ok');
  return { status: isWell ? 'ok' : 'failing', version: packageJson.version, checks };
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
