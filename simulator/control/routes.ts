import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { noRoute } from '../base/refusal.ts';
import { People } from '../people/behaviour.ts';
import { Tones } from '../people/tones.ts';
import { Content } from '../server/content.ts';
import { type Route, route } from '../server/route.ts';
import type { Current } from '../service/current.ts';
import { Faults } from '../service/faults.ts';

/** The simulator's own API, by which people and tests see and steer what happens. It needs no signature. */

const Mute = z.strictObject({ participantId: z.string().min(1), isMuted: z.boolean().default(true) });
const NoBody = z.unknown();

export const CONTROLS: readonly Route<Current>[] = [
  route({
    name: 'readPeople',
    method: 'GET',
    path: '/simulator/people',
    status: 200,
    body: NoBody,
    run: ({ world }) => world.behaviour.describe(),
  }),
  route({
    name: 'setPeople',
    method: 'PUT',
    path: '/simulator/people',
    status: 200,
    body: People,
    run: ({ world }, _, people) => {
      world.behaviour.learn(people);
      return world.behaviour.describe();
    },
  }),
  route({
    name: 'readFaults',
    method: 'GET',
    path: '/simulator/faults',
    status: 200,
    body: NoBody,
    run: ({ world }) => world.faults.get(),
  }),
  route({
    name: 'setFaults',
    method: 'PUT',
    path: '/simulator/faults',
    status: 200,
    body: Faults,
    run: ({ world }, _, faults) => {
      world.faults.set(faults);
      return world.faults.get();
    },
  }),
  route({
    name: 'readCalls',
    method: 'GET',
    path: '/simulator/calls',
    status: 200,
    body: NoBody,
    run: ({ world }) => world.records.report,
  }),
  route({
    name: 'readRequests',
    method: 'GET',
    path: '/simulator/requests',
    status: 200,
    body: NoBody,
    run: ({ world }) => ({ requests: world.records.requests }),
  }),
  route({
    name: 'press',
    method: 'POST',
    path: '/simulator/calls/{callLegId}/tones',
    status: 202,
    body: Tones,
    run: ({ exchange }, { callLegId }, { tones }) => exchange.press(callLegId, tones),
  }),
  route({
    name: 'mute',
    method: 'POST',
    path: '/simulator/calls/{callLegId}/mute',
    status: 202,
    body: Mute,
    run: ({ exchange }, { callLegId }, { participantId, isMuted }) => exchange.mute(callLegId, participantId, isMuted),
  }),
  route({
    name: 'readAudio',
    method: 'GET',
    path: '/simulator/audio/{file}',
    status: 200,
    body: NoBody,
    run: ({ world }, { file }) => audioFile(world.options.audioDir, file),
  }),
  route({
    name: 'reset',
    method: 'DELETE',
    path: '/simulator',
    status: 204,
    body: NoBody,
    run: ({ reset }) => reset(),
  }),
];

/** What the service shows to anybody: by what keys its callbacks are signed. */
export const PUBLISHED: readonly Route<Current>[] = [
  route({
    name: 'readKeys',
    method: 'GET',
    path: '/calling/keys',
    status: 200,
    body: NoBody,
    run: ({ world }) => world.issuer.jwks,
  }),
  route({
    name: 'readOpenIdConfiguration',
    method: 'GET',
    path: '/calling/.well-known/acsopenidconfiguration',
    status: 200,
    body: NoBody,
    run: ({ world }) => world.issuer.configuration,
  }),
];

/** Only a WAV that lies right in the folder: whatever could lead elsewhere is no name of such a file. */
async function audioFile(folder: string | undefined, name: string): Promise<Content> {
  const isPlain = name === basename(name) && !name.includes('\\') && !name.startsWith('.') && /\.wav$/i.test(name);
  if (!folder || !isPlain) throw noRoute('this address');
  const file = await readFile(join(folder, name)).catch(() => {
    throw noRoute('this address: there is no such audio file');
  });
  return new Content('audio/wav', file);
}
