/**
 * Does the work for each item, for some of them at the same time; the next item is asked for when there is room for it. When this
 * settles, all that was begun has ended. After something has gone wrong, only what had been asked for by then is still done.
 * @throws what went wrong.
 */
export async function eachOf<Item>(
  items: AsyncGenerator<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const worker = async (): Promise<void> => {
    // A loop that is left by an error ends the generator, and with it the other loops.
    for await (const item of items) await work(item);
  };
  const settled = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
