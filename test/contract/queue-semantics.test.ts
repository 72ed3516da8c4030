import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { Clock } from '../chaos/clock.ts';
import { Faults, NO_FAULTS } from '../chaos/faults.ts';
import { AppProcess, type Ground } from '../chaos/process.ts';
import { type Message, Queues } from '../chaos/queues.ts';
import { Random } from '../chaos/random.ts';
import { Trace } from '../chaos/trace.ts';
import { eventually, queueService, startFixture } from './fixtures-host/process.ts';

/** One run of the function that takes messages; `at` is ms. */
type Run = { readonly at: number; readonly dequeueCount: number };

/** A queue, and a function that fails for a message as often as the message says. */
interface Worker {
  now(): number;
  put(body: { name: string; failUntil?: number }, delaySeconds?: number): Promise<void>;
  /** Waits until the message has had `count` runs and the queue is empty, and returns its runs. */
  runsOf(name: string, count: number): Promise<Run[]>;
  /** Waits for `count` messages on the poison queue, and returns their bodies. */
  poison(count: number): Promise<string[]>;
  close(): Promise<void>;
}

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

/** Azurite and the local host, with the app's retry settings (host.json) and faster polling. */
async function realWorker(): Promise<Worker> {
  const queueName = `work-${randomUUID()}`;
  const host = await startFixture({
    env: { FIXTURE_QUEUE: queueName, FixtureStorage: azurite.connectionString },
    queues: { maxPollingInterval: '00:00:00.200', visibilityTimeout: '00:00:02', maxDequeueCount: 5 },
  });
  const service = queueService(azurite.connectionString);
  const [queue, poison] = [queueName, `${queueName}-poison`].map((name) => service.getQueueClient(name));
  if (!queue || !poison) throw new Error('unreachable: there are two');
  // The host does not create queues.
  await queue.createIfNotExists();
  const runs = (name: string): Run[] =>
    host.events
      .named('message')
      .filter(({ message }) => JSON.stringify(message).includes(`"${name}"`))
      .map(({ at, metadata }) => ({ at, dequeueCount: Number(Object(metadata)['dequeueCount']) }));
  return {
    now: () => Date.now(),
    put: async (body, delaySeconds = 0) => {
      await queue.sendMessage(JSON.stringify(body), { visibilityTimeout: delaySeconds });
    },
    runsOf: async (name, count) => {
      await eventually(async () => (runs(name).length >= count ? true : undefined), 15_000);
      await eventually(async () => ((await queue.getProperties()).approximateMessagesCount === 0 ? true : undefined));
      return runs(name);
    },
    poison: (count) =>
      eventually(async () => {
        if (!(await poison.exists())) return undefined;
        const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: 32 });
        return peekedMessageItems.length >= count
          ? peekedMessageItems.map(({ messageText }) => messageText)
          : undefined;
      }),
    close: () => host.stop(),
  };
}

/** The queues of simulated worlds, in virtual time. */
async function worldWorker(): Promise<Worker> {
  const clock = new Clock();
  const ground: Ground = {
    clock,
    random: new Random(1),
    faults: new Faults(NO_FAULTS, [], new Random(1), 0, () => clock.now),
    trace: new Trace(0),
  };
  const process = new AppProcess('app1', ground, () => undefined);
  const runs = new Map<string, Run[]>();
  const queues = new Queues(
    ground,
    () => process,
    async ({ body, dequeueCount }) => {
      const { name, failUntil = 0 } = { failUntil: 0, name: '', ...body };
      const before = runs.get(name) ?? [];
      runs.set(name, [...before, { at: clock.now, dequeueCount }]);
      return { result: before.length + 1 < failUntil ? 'failed' : 'succeeded', why: 'as it was told' };
    },
  );
  const rest = async (): Promise<void> => {
    while (!clock.isEmpty) await clock.step();
  };
  return {
    now: () => clock.now,
    put: async (body, delaySeconds) => queues.put('hang-up', body, delaySeconds),
    runsOf: async (name) => {
      await rest();
      return runs.get(name) ?? [];
    },
    poison: async () => {
      await rest();
      return queues.messages.filter(({ isPoison }) => isPoison).map(({ body }) => JSON.stringify(body));
    },
    close: async () => undefined,
  };
}

describe.each([
  ['Azurite and the local host', realWorker],
  ['the queues of simulated worlds', worldWorker],
])('on %s', (_name, open) => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await open();
  });
  afterAll(() => worker.close());

  it('a message whose run succeeds is delivered once', async () => {
    await worker.put({ name: 'ann' });
    expect(await worker.runsOf('ann', 1)).toMatchObject([{ dequeueCount: 1 }]);
  });

  it('a message with a delay is not delivered before it is over', async () => {
    const put = worker.now();
    await worker.put({ name: 'bob' }, 2);
    const [run] = await worker.runsOf('bob', 1);
    expect((run?.at ?? 0) - put).toBeGreaterThanOrEqual(1_950);
  });

  it('a message whose run fails is delivered again after two seconds, with a higher dequeue count', async () => {
    await worker.put({ name: 'eve', failUntil: 3 });
    const runs = await worker.runsOf('eve', 3);
    expect(runs.map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2, 3]);
    const pauses = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0));
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(1_950);
  });

  it('a message that fails five times is kept unchanged on the poison queue, and not delivered again', async () => {
    await worker.put({ name: 'zoe', failUntil: 99 });
    expect(await worker.poison(1)).toEqual([JSON.stringify({ name: 'zoe', failUntil: 99 })]);
    expect(await worker.runsOf('zoe', 5)).toHaveLength(5);
  });
});

describe('in simulated worlds', () => {
  it('a message whose process dies is delivered again after five to ten minutes', async () => {
    const clock = new Clock();
    const random = new Random(1);
    const faults = new Faults(NO_FAULTS, [], random, 0, () => clock.now);
    const ground: Ground = { clock, random, faults, trace: new Trace(0) };
    const taken: { at: number; message: Message }[] = [];
    const processes = [1, 2].map((life) => new AppProcess(`app${life}`, ground, () => undefined));
    const queues: Queues = new Queues(
      ground,
      () => processes[0],
      (message) => {
        taken.push({ at: clock.now, message });
        if (taken.length > 1) return Promise.resolve({ result: 'succeeded', why: 'the second lives' });
        const dead = processes.shift();
        clock.after(10, () => dead && queues.bury(dead));
        return new Promise(() => undefined);
      },
    );
    queues.put('hang-up', { name: 'ann' });
    while (!clock.isEmpty) await clock.step();
    const [first, second] = taken;
    const pause = (second?.at ?? 0) - (first?.at ?? 0);
    expect(taken).toHaveLength(2);
    expect(second?.message.dequeueCount).toBe(2);
    expect(pause).toBeGreaterThanOrEqual(5 * 60_000);
    expect(pause).toBeLessThanOrEqual(10 * 60_000 + 2_000);
  });
});
