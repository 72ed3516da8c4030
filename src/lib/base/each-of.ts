/**
 * Runs `work` for each item, at most `atOnce` in flight, pulling items lazily. After an error it pulls no more items,
 * and settles when the work in flight has ended.
 * @param items an iterator, which the loops share.
 * @throws the error of `work` or of the iterator.
 */
export async function eachOf<Item>(
  items: AsyncGenerator<Item> | IterableIterator<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const worker = async (): Promise<void> => {
    // An error in one loop closes the shared iterator, which also ends the other loops.
    for await (const item of items) await work(item);
  };
  const settled = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
