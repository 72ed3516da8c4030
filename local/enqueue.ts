import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { QUEUES, type QueueName } from '../src/lib/storage/queue-store.ts';
import { messageProblems } from './check-message.ts';
import { parsedArgs, runCommand, UsageError } from './cli.ts';
import { STORAGE_FLAGS, STORAGE_HELP, storageOf } from './storage-flags.ts';

const USAGE = `Usage: npm run -s enqueue -- QUEUE MESSAGE [flags]

Checks a message and sends it to a queue. Queues and messages: docs/queues.md.

  QUEUE            one of ${QUEUES.join(', ')}
  MESSAGE          JSON, in single quotes
${STORAGE_HELP}
  --force          send the message even if the app would refuse it or ignore a part of it
  --help           this text`;

await runCommand(async () => {
  const { values, positionals } = parsedArgs({
    ...STORAGE_FLAGS,
    force: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [queue, message] = positionals;
  if (!queue || !message || positionals.length > 2) throw new UsageError('Name a queue and a message.');
  const known = QUEUES.find((name) => name === queue);
  if (!known) throw new UsageError(`There is no queue ${queue}. Use one of ${QUEUES.join(', ')}.`);
  const problems = values.force ? [] : messageProblems(known, message);
  if (problems.length > 0) throw new UsageError(refusal(known, problems));
  const client = openQueue(storageOf(values), known);
  await client.createIfNotExists();
  const { messageId } = await client.sendMessage(message);
  process.stdout.write(`${queue}: message ${messageId}\n`);
  return 0;
});

function refusal(queue: QueueName, problems: readonly string[]): string {
  return `${queue} takes no such message (docs/queues.md), so it was not sent:
  ${problems.join('\n  ')}
--force sends it all the same.`;
}
