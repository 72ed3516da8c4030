import { afterAll, beforeAll, describe } from 'vitest';
import { startAzurite } from '../../../local/azurite.ts';
import { AzureTables } from '../../../src/lib/storage/azure-tables.ts';
import type { TableStore } from '../../../src/lib/storage/table-store.ts';
import { MemoryTables } from './memory-tables.ts';

type OpenStore = { readonly store: TableStore; close(): Promise<void> };

/** Both table stores, each opened empty. */
const TABLE_STORES: readonly { readonly name: string; open(): Promise<OpenStore> }[] = [
  { name: 'Table Storage', open: openAzurite },
  { name: 'the tables in memory', open: async () => ({ store: new MemoryTables(), close: async () => {} }) },
];

async function openAzurite(): Promise<OpenStore> {
  const azurite = await startAzurite();
  return { store: new AzureTables(azurite), close: () => azurite.stop() };
}

/**
 * Runs a suite on both table stores: what holds for one must hold for the other.
 * @param suite gets the store, which may be used once its tests run, and a way to open another, empty one.
 */
export function onEachStore(
  suite: (opened: { readonly store: TableStore; openAnother(): Promise<OpenStore> }) => void,
): void {
  describe.each(TABLE_STORES)('on $name', ({ open }) => {
    let current: OpenStore | undefined;
    beforeAll(async () => {
      current = await open();
    });
    afterAll(() => current?.close());
    suite({
      openAnother: open,
      get store() {
        if (!current) throw new Error('The store is open only while tests run');
        return current.store;
      },
    });
  });
}
