import { parseArgs } from 'node:util';
import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { QUEUES } from '../src/lib/storage/queue-store.ts';
import { runCommand, UsageError } from './cli.ts';
import { STORAGE_FLAGS, STORAGE_HELP, storageOf } from './storage-flags.ts';

const USAGE = `Usage: npm run -s enqueue -- QUEUE MESSAGE [flags]

Sends a message to a queue, unchanged. Queues and messages: docs/queues.md.

  QUEUE            one of ${QUEUES.join(', ')}
  MESSAGE          JSON, in single quotes
${STORAGE_HELP}
  --help           this text`;

await runCommand(async () => {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [queue, message] = positionals;
  if (!queue || !message || positionals.length > 2) throw new UsageError('Name a queue and a message.');
  if (!QUEUES.some((name) => name === queue))
    throw new UsageError(`There is no queue ${queue}. Use one of ${QUEUES.join(', ')}.`);
  const client = openQueue(storageOf(values), queue);
  await client.createIfNotExists();
  const { messageId } = await client.sendMessage(message);
  process.stdout.write(`${queue}: message ${messageId}\n`);
  return 0;
});

function parse() {
  try {
    const options = { ...STORAGE_FLAGS, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
