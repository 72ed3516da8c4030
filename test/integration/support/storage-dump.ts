import { TableClient, TableServiceClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';

/** Everything in a storage account, by the name of the table or queue: one text for each row or message. */
export async function dumpOf(connectionString: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const dump = new Map<string, string[]>();
  const options = { allowInsecureConnection: true };
  for await (const { name = '' } of TableServiceClient.fromConnectionString(connectionString, options).listTables()) {
    const rows: string[] = [];
    const client = TableClient.fromConnectionString(connectionString, name, options);
    for await (const row of client.listEntities()) rows.push(JSON.stringify(row));
    dump.set(name, rows);
  }
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  for await (const { name } of queues.listQueues()) {
    const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
    dump.set(
      name,
      peekedMessageItems.map(({ messageText }) => messageText),
    );
  }
  return dump;
}

/** The tables and queues in which one of these texts occurs. */
export const placesOf = (dump: ReadonlyMap<string, readonly string[]>, ...texts: readonly string[]): string[] =>
  [...dump].filter(([, rows]) => rows.some((row) => texts.some((text) => row.includes(text)))).map(([name]) => name);
