import { z } from 'zod';
import { type People, People as PeopleSchema } from '../people/behaviour.ts';
import { type Faults, Faults as FaultsSchema } from './faults.ts';

/** The development key, for a simulator that only this machine can reach. Documented, so no secret. */
export const DEVELOPMENT_KEY = Buffer.from('ringdown simulator: a development key, no secret').toString('base64');

/** Stands for the immutable id of an ACS resource, where none is given. */
export const DEVELOPMENT_RESOURCE_ID = '00000000-0000-4000-8000-00000000acc5';

export const Options = z.strictObject({
  /** 0 takes a free one. */
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  /** The access key that requests are signed with, base64. */
  key: z.base64().min(4).default(DEVELOPMENT_KEY),
  /** The immutable id of the ACS resource: the audience of the tokens that callbacks carry (today's API). */
  resourceId: z.guid().default(DEVELOPMENT_RESOURCE_ID),
  /** All that people, telephones and audio take is divided by this. */
  speed: z.number().positive().default(1),
  seed: z.union([z.number(), z.string()]).default(1),
  /** Concurrent outbound calls to telephones that one caller number may have; Infinity for no limit. */
  callsPerNumber: z.union([z.int().positive(), z.literal(Number.POSITIVE_INFINITY)]).default(2),
  /** WAVs in this folder are served at /simulator/audio/. */
  audioDir: z.string().min(1).optional(),
  /** Whether Terminated says why a call ended before it was established. The page does not show that. */
  reasons: z.boolean().default(true),
  callbackBody: z.enum(['object', 'array']).default('object'),
  callbackTimeoutMs: z.number().positive().default(5_000),
  callbackBackoffMs: z.number().nonnegative().default(250),
  /** How long people wait for audio before they act without it. Real time: it is the application's. */
  patienceMs: z.number().nonnegative().default(5_000),
  /** How long the telephone of somebody at the phone page rings. Real time. */
  pageRingMs: z.number().positive().default(25_000),
  /** A page that was closed in a call and is not back by then has hung up: it may only have been loaded again. Real time. */
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
