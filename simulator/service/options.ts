import { z } from 'zod';
import { PhoneNumber } from '../../src/lib/call-automation/identifiers.ts';
import { type People, People as PeopleSchema } from '../people/behaviour.ts';
import { type Faults, Faults as FaultsSchema } from './faults.ts';

/** The development key, for a simulator that only this machine can reach. It is public, not a secret. */
export const DEVELOPMENT_KEY = Buffer.from('ringdown simulator: a development key, no secret').toString('base64');

/** The default immutable id of the ACS resource. */
export const DEVELOPMENT_RESOURCE_ID = '00000000-0000-4000-8000-00000000acc5';

export const Options = z.strictObject({
  /** 0 picks a free port. */
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  /** The access key that signs requests, in base64. */
  key: z.base64().min(4).default(DEVELOPMENT_KEY),
  /** The immutable id of the ACS resource: the audience of the tokens that callbacks carry (today's API). */
  resourceId: z.guid().default(DEVELOPMENT_RESOURCE_ID),
  /** Divides all times of people, telephones and audio. */
  speed: z.number().positive().default(1),
  seed: z.union([z.number(), z.string()]).default(1),
  /** Concurrent outbound calls to telephones per caller number. Infinity means no limit. */
  callsPerNumber: z.union([z.int().positive(), z.literal(Number.POSITIVE_INFINITY)]).default(2),
  /** The Teams resource accounts that may call, by object id, and the number of each. Only today's API has them. */
  resourceAccounts: z.record(z.guid().toLowerCase(), PhoneNumber).default({}),
  /** The WAV files in this folder are served at /simulator/audio/. */
  audioDir: z.string().min(1).optional(),
  /** Whether Terminated says why a call ended before it was established. The reference page does not show that. */
  reasons: z.boolean().default(true),
  callbackBody: z.enum(['object', 'array']).default('object'),
  callbackTimeoutMs: z.number().positive().default(5_000),
  callbackBackoffMs: z.number().nonnegative().default(250),
  /** How long people wait for audio before they act without it. Real time, because the application needs it. */
  patienceMs: z.number().nonnegative().default(5_000),
  /** How long a telephone at the phone page rings. Real time. */
  pageRingMs: z.number().positive().default(25_000),
  /** How long a page may be away in a call, for example to reload, before the call is hung up. Real time. */
  pageBackMs: z.number().positive().default(2_000),
  people: PeopleSchema.optional(),
  faults: FaultsSchema.optional(),
});
export type Options = z.output<typeof Options>;

/** What `startSimulator` takes. */
export type SimulatorOptions = Omit<z.input<typeof Options>, 'people' | 'faults'> & {
  people?: People;
  faults?: Faults;
};
