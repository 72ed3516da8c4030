import { expired } from '../rules/outages/attempts.ts';
import type { Outage, Progress } from '../rules/outages/outage.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { tellAllClear } from './all-clear.ts';

/** Sorts after every id. */
const END = '~';

/** A new pass through the list. @param isLast nobody is waiting or being called any more. */
export const begunProgress = ({ shards }: Outage, isLast: boolean): Progress => ({
  after: Array<string>(shards).fill(''),
  isLast,
});

/** Whether the pass has reached the end of every shard. */
export const isThrough = ({ after }: Progress): boolean => after.every((id) => id === END);

/**
 * Continues through the list of an outage that was called off: gives recipients who wait an outcome, and adds the
 * people who were told to the list of the all-clear, if there is one. One request per thousand people and one per 49
 * changes; the work per tick is bounded. Idempotent.
 * @returns how far it came.
 */
export async function callOff(services: Services, outage: Outage, progress: Progress): Promise<Progress> {
  const after = [...progress.after];
  const most = services.settings.batches.pages;
  let pages = 0;
  for (const shard of shardsOf(outage)) {
    for (let id = after[shard.shard] ?? END; id !== END && pages < most; pages++) {
      id = await handlePage(services, outage, shard, id);
      after[shard.shard] = id;
    }
  }
  return { ...progress, after };
}

async function handlePage(services: Services, outage: Outage, shard: Shard, after: string): Promise<string> {
  const size = services.settings.batches.page;
  const { people: page, next } = await services.recipients.page(shard, after, size);
  const now = services.now();
  const waiting = page
    .filter(({ recipient }) => recipient.phase === 'waiting')
    .map((before) => ({ before, moved: expired(before.recipient, now) }));
  await services.recipients.endAll(shard, waiting);
  if (outage.allClearBy !== undefined) {
    const ended = new Map(waiting.map(({ moved }) => [moved.recipient.recipientId, moved.recipient]));
    const people = page.map(({ recipient }) => ended.get(recipient.recipientId) ?? recipient);
    await tellAllClear(services, outage, shard, people);
  }
  return next ?? END;
}
