import { startAzurite } from '../../../local/azurite.ts';
import { AzureTables } from '../../../src/lib/storage/azure-tables.ts';
import type { TableStore } from '../../../src/lib/storage/table-store.ts';
import { MemoryTables } from './memory-tables.ts';

export type OpenStore = { readonly store: TableStore; close(): Promise<void> };

/** Both table stores, each to be started empty: what holds for one must hold for the other. */
export const TABLE_STORES: readonly { readonly name: string; open(): Promise<OpenStore> }[] = [
  { name: 'Table Storage', open: openAzurite },
  { name: 'the tables in memory', open: async () => ({ store: new MemoryTables(), close: async () => {} }) },
];

async function openAzurite(): Promise<OpenStore> {
  const azurite = await startAzurite();
  return { store: new AzureTables(azurite), close: () => azurite.stop() };
}
