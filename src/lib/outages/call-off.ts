import { expired } from '../rules/outages/attempts.ts';
import type { Outage, Progress } from '../rules/outages/outage.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { tellAllClear } from './all-clear.ts';

/** People who are seen to in one step. */
const PAGE = 1_000;
/** Steps at one look of the timer, whatever the number of shards: a hundred thousand people are seen to within a few minutes. */
const MAX_PAGES = 8;

/** Sorts after every id. */
const END = '~';

/** @param isLast nobody is waiting or being called any more. */
export const begunProgress = ({ shards }: Outage, isLast: boolean): Progress => ({
  after: Array<string>(shards).fill(''),
  isLast,
});

export const isThrough = ({ after }: Progress): boolean => after.every((id) => id === END);

/**
 * Goes on through the list of an outage that was called off: whoever waits has an outcome now, and whoever was told is put on the
 * list of the all-clear, if there is one. A request for each thousand people, and one for each 49 to be changed; bounded.
 * @returns how far it came. Gone through once more, it does nothing again.
 */
export async function callOff(services: Services, outage: Outage, progress: Progress): Promise<Progress> {
  const after = [...progress.after];
  let pages = 0;
  for (const shard of shardsOf(outage)) {
    for (let id = after[shard.shard] ?? END; id !== END && pages < MAX_PAGES; pages++) {
      id = await seeToPage(services, outage, shard, id);
      after[shard.shard] = id;
    }
  }
  return { ...progress, after };
}

async function seeToPage(services: Services, outage: Outage, shard: Shard, after: string): Promise<string> {
  const page = await services.recipients.page(shard, after, PAGE);
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
  return page.length < PAGE ? END : (page.at(-1)?.recipient.recipientId ?? END);
}
