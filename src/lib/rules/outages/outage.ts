import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PhoneNumber } from '../../call-automation/identifiers.ts';
import { RestingCaller } from '../calls/breaker.ts';
import { SafeId } from '../calls/ids.ts';
import { CallScript } from '../calls/script.ts';
import { Country } from '../countries.ts';
import { SpendHold } from '../spending.ts';
import { QuietHours, StoredQuietHours } from './quiet-hours.ts';
import { RetryPolicy } from './retry.ts';

/** ACS allows two concurrent outbound calls per number by default (ACS: service limits). */
export const DEFAULT_LINES = 2;

/** One of our caller numbers, and how many calls it may have at once. */
export const Caller = z.strictObject({
  number: PhoneNumber,
  lines: z.number().int().min(1).max(1000).default(DEFAULT_LINES),
});
export type Caller = z.infer<typeof Caller>;

/** The suffix that makes the id of an all-clear from the id of its outage. */
const ALL_CLEAR = '-all-clear';

/** The id of the all-clear of an outage, which is an outage of its own. */
export const allClearIdOf = (id: string): string => `${id}${ALL_CLEAR}`;

/** Leaves room for the suffix of its all-clear. */
const OutageId = SafeId.max(64 - ALL_CLEAR.length);

/** A moment, with its offset from UTC. */
const Moment = z.iso.datetime({
  offset: true,
  error: 'must be a date and time with its offset, e.g. 2031-01-31T21:00:00Z or 2031-01-31T22:00:00+01:00',
});

/** An outage as it is declared. Times are ISO 8601. */
export const OutageSpec = z.strictObject({
  id: OutageId.optional().describe('Makes the declaration idempotent. Default: a new id.'),
  title: z
    .string()
    .min(1)
    .max(200)
    .describe('What the outage is about; sent to the service as the subject of each call.'),
  // No default: it would change the digest of declarations that are repeated.
  urgency: z
    .enum(['normal', 'emergency'])
    .optional()
    .describe(
      'An `emergency` is served before other outages and goes on past the daily limits, never past the shortest delay between two calls to a number. Default: `normal`. Cannot be changed later.',
    ),
  estimate: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('When it should be over, in words for people. Replaces `{estimate}` in a text.'),
  script: CallScript.describe('What a call says and which keys it accepts; see below.'),
  callers: z
    .array(Caller)
    .min(1)
    .max(100)
    .optional()
    .describe('Some of the setting CALLER_NUMBERS, with at most its lines. Default: all of it.'),
  maxConcurrentCalls: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Limits the calls at once. Default: the lines of the callers.'),
  startAt: Moment.optional().describe('When calling starts. Default: now.'),
  expiresAt: Moment.optional().describe('Nobody is called after this time, which is after the start and after now.'),
  retry: RetryPolicy.prefault({}).describe('When a person who was not reached is called again; see below.'),
  quietHours: QuietHours.optional().describe('When nobody is called; see below.'),
  defaultCountry: Country.default('US').describe(
    'The country of numbers without a country code: ISO 3166, two letters.',
  ),
  shards: z.number().int().min(1).max(32).default(4).describe('Parts of the recipient list. Cannot be changed later.'),
  launch: z
    .boolean()
    .optional()
    .describe(
      'Launch it at once: everybody who is added is called. Otherwise it is a draft, and nobody is called before `launch`.',
    ),
});
export type OutageSpec = z.infer<typeof OutageSpec>;

/**
 * `draft`      nobody is called until it is launched.
 * `scheduled`  waits for `startAt`.
 * `running`    recipients are being called.
 * `paused`     no new calls until it is resumed.
 * `cancelling` no new calls; the calls in progress come to their end.
 * `restoring`  the same, and the people who were told go on the list of the all-clear.
 * `finished`   everybody has an outcome.
 * `cancelled`  cancelling is complete.
 * `restored`   restoring is complete.
 */
export const OutageState = z.enum([
  'draft',
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
 * How far the timer has gone through the list since the outage was called off: the last recipient handled in each
 * shard.
 */
export const Progress = z.object({
  after: z.array(z.string()),
  /** When this pass began, nobody was waiting or being called: it meets everybody who was told about the outage. */
  isLast: z.boolean(),
});
export type Progress = z.infer<typeof Progress>;

/** People are being added to the list: the outage does not end before this time, UTC. `id` names who adds them. */
export const ListHold = z.object({ id: z.string(), until: z.string() });
export type ListHold = z.infer<typeof ListHold>;

/** An outage as it is stored. Times are ISO 8601, UTC. */
export const Outage = OutageSpec.extend({
  id: SafeId,
  callers: z.array(Caller).min(1),
  // An outage that was declared before these were checked as they are today can still be read.
  startAt: z.string().optional(),
  expiresAt: z.string().optional(),
  quietHours: StoredQuietHours.optional(),
  defaultCountry: z.string(),
  state: OutageState,
  createdAt: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  forgottenAt: z.string().optional().describe('When its people were reduced to counts.'),
  /** A digest of the declaration: tells a repeated declaration from a different one with the same id. */
  declaration: z.string().optional(),
  /** How its recipients are named: calls/ids.ts. */
  ids: z.literal('keyed').optional(),
  /** Hang up the calls in progress, because the outage was cancelled or paused so. */
  hangUp: z.boolean().optional(),
  allClearFor: SafeId.optional().describe('The outage whose all-clear this is.'),
  allClearBy: SafeId.optional().describe('The outage that is the all-clear of this one.'),
  progress: Progress.optional(),
  /** The limit of calls at once was lowered: calls that end free their lines until as few are in use. */
  isShrinking: z.boolean().optional(),
  ownColumns: z
    .array(z.string())
    .optional()
    .describe('The columns of the lists that are kept with the people as they are, in their order.'),
  resting: z
    .array(RestingCaller)
    .optional()
    .describe(
      'The caller numbers that rest, as of the last tick of the timer: too many calls in a row failed for a reason that concerns us. The first call that reaches somebody ends the rest.',
    ),
  spendHold: SpendHold.optional().describe('The spend limit of the day is reached: nobody new is called until then.'),
  listHolds: z.array(ListHold).optional(),
  /** Nobody was on the list when the timer last looked, and nobody is being added: there is nothing to do yet. */
  isListAwaited: z.boolean().optional(),
});
export type Outage = z.infer<typeof Outage>;

/** A new outage from its declaration: a draft, or launched. */
export function declared(spec: OutageSpec, id: string, defaultCallers: Caller[], now: Date): Outage {
  return {
    ...spec,
    id,
    callers: spec.callers ?? defaultCallers,
    state: spec.launch ? 'scheduled' : 'draft',
    ids: 'keyed',
    createdAt: now.toISOString(),
    declaration: digestOf(spec),
  };
}

/** Lives are at stake: daily limits do not apply. */
export const isEmergency = ({ urgency }: Pick<Outage, 'urgency'>): boolean => urgency === 'emergency';

/** What is wrong with the times of an outage, one problem a field. */
export function contradictions({ startAt, expiresAt }: Pick<Outage, 'startAt' | 'expiresAt'>, now: Date): string[] {
  if (expiresAt === undefined) return [];
  const end = new Date(expiresAt);
  if (startAt !== undefined && end <= new Date(startAt)) return ['expiresAt: must be after startAt'];
  return end <= now ? [`expiresAt: must be after now, ${now.toISOString()}`] : [];
}

/** Equal for equal declarations, independent of the order of members. */
function digestOf(spec: OutageSpec): string {
  const inOrder = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(spec, inOrder)).digest('hex').slice(0, 20);
}

/** Starts a scheduled outage whose time has come; returns any other unchanged. */
export function begun(outage: Outage, now: Date): Outage {
  const isTime = !outage.startAt || new Date(outage.startAt) <= now;
  if (outage.state !== 'scheduled' || !isTime) return outage;
  return { ...outage, state: 'running', startedAt: outage.startedAt ?? now.toISOString() };
}

export const hasExpired = (outage: Outage, now: Date): boolean =>
  outage.expiresAt !== undefined && new Date(outage.expiresAt) <= now;
