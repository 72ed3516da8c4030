import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QueueServiceClient } from '@azure/storage-queue';
import { z } from 'zod';
import { type RunningProcess, startProcess } from '../../../local/processes.ts';

export const hostEntry = fileURLToPath(new URL('../../../local/host/main.ts', import.meta.url));
export const fixtureApp = fileURLToPath(new URL('./app.ts', import.meta.url));

const fixtureEvent = z.looseObject({ type: z.literal('fixture'), event: z.string(), at: z.number() });
/** An event that the fixture app reported. */
export type FixtureEvent = z.output<typeof fixtureEvent>;

/** The events of the fixture app, past and future. */
export class Events {
  readonly all: FixtureEvent[] = [];
  readonly #waiting = new Set<() => void>();

  hear(message: unknown): void {
    const parsed = fixtureEvent.safeParse(message);
    if (!parsed.success) return;
    this.all.push(parsed.data);
    for (const check of this.#waiting) check();
  }

  named(event: string): FixtureEvent[] {
    return this.all.filter((entry) => entry.event === event);
  }

  /** Resolves with the events with this name when there are at least that many. */
  until(event: string, count = 1, timeoutMs = 15_000): Promise<FixtureEvent[]> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = this.named(event);
        if (found.length < count) return;
        done();
        resolve(found.slice(0, count));
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${this.named(event).length} of ${count} "${event}" came within ${timeoutMs} ms`));
      }, timeoutMs);
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** The fixture app, running on a local host. */
export interface FixtureHost extends RunningProcess {
  url: string;
  workerPid: number;
  functions: Record<string, unknown>[];
  events: Events;
}

const readyMessage = z.object({
  url: z.url(),
  workerPid: z.number(),
  functions: z.array(z.record(z.string(), z.unknown())),
});

/** Starts the fixture app on a local host, in a process of its own. */
export async function startFixture(
  options: {
    env?: Record<string, string>;
    args?: string[];
    queues?: Record<string, unknown>;
    http?: object;
    host?: object;
  } = {},
): Promise<FixtureHost> {
  const directory = await mkdtemp(join(tmpdir(), 'host-fixture-'));
  const hostJson = join(directory, 'host.json');
  const extensions = { queues: { messageEncoding: 'none', ...options.queues }, http: options.http ?? {} };
  await writeFile(hostJson, JSON.stringify({ version: '2.0', extensions, ...options.host }));
  const events = new Events();
  const removed = () => rm(directory, { recursive: true, force: true });
  try {
    const child = await startProcess({
      name: 'fixture host',
      entry: hostEntry,
      args: ['--app', fixtureApp, '--port', '0', '--host-json', hostJson, ...(options.args ?? [])],
      env: { ...process.env, ...options.env },
      onMessage: (message) => events.hear(message),
    });
    // A host that starts again reads host.json again.
    void child.exited.then(removed);
    return { ...child, ...readyMessage.parse(child.ready), events };
  } catch (error) {
    await removed();
    throw error;
  }
}

/** Repeats a check until it succeeds, where no event reports it. */
export async function eventually<T>(probe: () => Promise<T | undefined>, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Not so within ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The queue service of a connection string, without retries. */
export function queueService(connectionString: string): QueueServiceClient {
  return QueueServiceClient.fromConnectionString(connectionString, { retryOptions: { maxTries: 1 } });
}
