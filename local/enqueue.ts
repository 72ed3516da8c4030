import { parseArgs } from 'node:util';
import { QueueClient } from '@azure/storage-queue';
import { QUEUES } from '../src/lib/storage/queue-store.ts';
import { runCommand, UsageError } from './cli.ts';

const USAGE = `Usage: npm run -s enqueue -- QUEUE MESSAGE [--storage CONNECTION_STRING]

Puts a message on a queue, as typed. The queues and their messages: docs/queues.md.

  QUEUE             one of ${QUEUES.join(', ')}
  MESSAGE           the JSON, in single quotes
  --storage TEXT    storage connection string (default: the environment's AzureWebJobsStorage)
  --help            this text`;

await runCommand(async () => {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [queue, message] = positionals;
  const storage = values.storage ?? process.env['AzureWebJobsStorage'];
  if (!queue || !message || positionals.length > 2) throw new UsageError('Name a queue and a message.');
  if (!QUEUES.some((name) => name === queue)) throw new UsageError(`There is no queue ${queue}: ${QUEUES.join(', ')}.`);
  if (!storage) throw new UsageError('Name the storage: --storage, or AzureWebJobsStorage in the environment.');
  const client = new QueueClient(storage, queue);
  await client.createIfNotExists();
  const { messageId } = await client.sendMessage(message);
  process.stdout.write(`${queue}: message ${messageId}\n`);
  return 0;
});

function parse() {
  try {
    const options = { storage: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
