import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PhoneNumber } from '../../call-automation/identifiers.ts';
import { SafeId } from '../calls/purpose.ts';
import { CallScript } from '../calls/script.ts';
import { QuietHours } from './quiet-hours.ts';
import { RetryPolicy } from './retry.ts';

/** ACS allows two concurrent outbound calls a number unless it was asked for more (ACS: service limits). */
export const DEFAULT_LINES = 2;

/** A number of ours that calls may come from, and how many at once. */
export const Caller = z.strictObject({
  number: PhoneNumber,
  lines: z.number().int().min(1).max(1000).default(DEFAULT_LINES),
});
export type Caller = z.infer<typeof Caller>;

/** What the id of an outage's all-clear ends with, after that of the outage. */
const ALL_CLEAR = '-all-clear';

/** The id of the outage by which people are told that this one is over. */
export const allClearIdOf = (id: string): string => `${id}${ALL_CLEAR}`;

/** Ten characters are left for the end of its all-clear's id. */
const OutageId = SafeId.max(64 - ALL_CLEAR.length);

/** An outage as somebody declares it. Times are UTC, ISO 8601. */
export const OutageSpec = z.strictObject({
  id: OutageId.optional().describe('Makes the declaration idempotent. By default an id is made.'),
  title: z.string().min(1).max(200).describe('What it is about; sent to the service as the subject of each call.'),
  estimate: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('When it should be over, in words for people: what `{estimate}` in a text stands for.'),
  script: CallScript.describe('What a call says and listens for; see below.'),
  callers: z.array(Caller).min(1).max(100).optional().describe('By default those of the setting CALLER_NUMBERS.'),
  maxConcurrentCalls: z.number().int().min(1).optional().describe('Fewer calls at once than the callers have lines.'),
  startAt: z.iso.datetime().optional().describe('By default at once.'),
  expiresAt: z.iso.datetime().optional().describe('Nobody is called after this.'),
  retry: RetryPolicy.prefault({}).describe('When somebody who was not reached is called again; see below.'),
  quietHours: QuietHours.optional().describe('When nobody is called; see below.'),
  defaultCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a two-letter country code, e.g. US')
    .default('US')
    .describe('The country of numbers that are written without one.'),
  shards: z.number().int().min(1).max(32).default(4).describe('Parts of the recipient list; fixed for good.'),
});
export type OutageSpec = z.infer<typeof OutageSpec>;

/**
 * `scheduled`  waits for `startAt`.
 * `running`    people are being called.
 * `paused`     nobody else is called until it is resumed.
 * `cancelling` nobody else is called any more; the calls in progress come to their end.
 * `restoring`  the same, and those who were told are put on the list of the all-clear.
 * `finished`   everybody has an outcome.
 * `cancelled`  the end of cancelling.
 * `restored`   the end of restoring.
 */
export const OutageState = z.enum([
  'scheduled',
  'running',
  'paused',
  'cancelling',
  'restoring',
  'finished',
  'cancelled',
  'restored',
]);
export type OutageState = z.infer<typeof OutageState>;

/**
 * How far the list has been gone through since the outage was called off: in each shard, the last recipient who was seen to.
 */
export const Progress = z.object({
  after: z.array(z.string()),
  /** Nobody was waiting or being called any more when it began: whoever was told of the outage is met on the way. */
  isLast: z.boolean(),
});
export type Progress = z.infer<typeof Progress>;

export const Outage = OutageSpec.extend({
  id: SafeId,
  callers: z.array(Caller).min(1),
  state: OutageState,
  createdAt: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  /** A digest of the declaration: the same one again is told from another with the same id, whatever was changed since. */
  declaration: z.string().optional(),
  /** Once it is cancelled, calls in progress are hung up. */
  hangUp: z.boolean().optional(),
  allClearFor: SafeId.optional().describe('The outage whose all-clear this is.'),
  allClearBy: SafeId.optional().describe('The outage that tells of the all-clear.'),
  progress: Progress.optional(),
});
export type Outage = z.infer<typeof Outage>;

export function declared(spec: OutageSpec, id: string, defaultCallers: Caller[], now: Date): Outage {
  return {
    ...spec,
    id,
    callers: spec.callers ?? defaultCallers,
    state: 'scheduled',
    createdAt: now.toISOString(),
    declaration: digestOf(spec),
  };
}

/** The same for the same declaration, in whatever order its members were written. */
function digestOf(spec: OutageSpec): string {
  const inOrder = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(spec, inOrder)).digest('hex').slice(0, 20);
}

/** The state an outage should be in by now, before anybody is called. */
export function begun(outage: Outage, now: Date): Outage {
  const isTime = !outage.startAt || new Date(outage.startAt) <= now;
  if (outage.state !== 'scheduled' || !isTime) return outage;
  return { ...outage, state: 'running', startedAt: outage.startedAt ?? now.toISOString() };
}

export const hasExpired = (outage: Outage, now: Date): boolean =>
  outage.expiresAt !== undefined && new Date(outage.expiresAt) <= now;
