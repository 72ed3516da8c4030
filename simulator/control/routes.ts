import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Hono } from 'hono';
import { z } from 'zod';
import { noRoute } from '../base/refusal.ts';
import { answer, answerFile } from '../http/answer.ts';
import { body } from '../http/body.ts';
import type { Env } from '../http/env.ts';
import { People } from '../people/behaviour.ts';
import { Tones } from '../people/tones.ts';
import { Faults } from '../service/faults.ts';

/** The simulator's own API: people and tests read and control what happens. Requests need no signature. */

const Mute = z.strictObject({ participantId: z.string().min(1), isMuted: z.boolean().default(true) });

export const controlRoutes = new Hono<Env>();

controlRoutes.get('/simulator/people', (c) => answer(c, 200, c.var.current.world.behaviour.describe()));

controlRoutes.put('/simulator/people', body(People), (c) => {
  const { behaviour } = c.var.current.world;
  behaviour.learn(c.req.valid('json'));
  return answer(c, 200, behaviour.describe());
});

controlRoutes.get('/simulator/faults', (c) => answer(c, 200, c.var.current.world.faults.get()));

controlRoutes.put('/simulator/faults', body(Faults), (c) => {
  const { faults } = c.var.current.world;
  faults.set(c.req.valid('json'));
  return answer(c, 200, faults.get());
});

controlRoutes.get('/simulator/calls', (c) => answer(c, 200, c.var.current.world.records.report));

controlRoutes.get('/simulator/requests', (c) => answer(c, 200, { requests: c.var.current.world.records.requests }));

controlRoutes.post('/simulator/calls/:callLegId/tones', body(Tones), (c) =>
  answer(c, 202, c.var.current.exchange.press(c.req.param('callLegId'), c.req.valid('json').tones)),
);

controlRoutes.post('/simulator/calls/:callLegId/mute', body(Mute), (c) => {
  const { participantId, isMuted } = c.req.valid('json');
  return answer(c, 202, c.var.current.exchange.mute(c.req.param('callLegId'), participantId, isMuted));
});

controlRoutes.get('/simulator/audio/:file', async (c) =>
  answerFile(c, 'audio/wav', await audioFile(c.var.current.world.options.audioDir, c.req.param('file'))),
);

controlRoutes.delete('/simulator', (c) => answer(c, 204, c.var.current.reset()));

/** What anybody can read from the service: the keys that its callbacks are signed with. */
export const publishedRoutes = new Hono<Env>();

publishedRoutes.get('/calling/keys', (c) => answer(c, 200, c.var.current.world.issuer.jwks));

publishedRoutes.get('/calling/.well-known/acsopenidconfiguration', (c) =>
  answer(c, 200, c.var.current.world.issuer.configuration),
);

/** Only a WAV directly in the folder is served. A name that could lead elsewhere is refused. */
async function audioFile(folder: string | undefined, name: string): Promise<Buffer> {
  const isPlain = name === basename(name) && !name.includes('\\') && !name.startsWith('.') && /\.wav$/i.test(name);
  if (!folder || !isPlain) throw noRoute('this address');
  return readFile(join(folder, name)).catch(() => {
    throw noRoute('this address: there is no such audio file');
  });
}
