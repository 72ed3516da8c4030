import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONTRACTS } from '../../local/queue-contracts.ts';

/** Messages that a document would have somebody enqueue, as they stand there but for who is to fill in what. */

const DOCUMENTS = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const COMMAND = /az storage message put .*?--queue-name ([\w-]+)[\s\\]+--content '(\{.*?\})'/gs;

const messages = DOCUMENTS.flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(COMMAND)].map(([, queue = '', content = '']) => ({
    document,
    queue,
    content,
  })),
);

it('there are such documents', () => expect(new Set(messages.map(({ document }) => document)).size).toBeGreaterThan(2));

it.each(messages)('a message of $document fits the queue $queue', ({ queue, content }) => {
  const message: unknown = JSON.parse(content.replace(/<your phone[^>]*>/, '+14255550123'));
  const [, contracts = []] = Object.entries(CONTRACTS).find(([name]) => name === queue) ?? [];
  expect(contracts.filter(({ schema }) => schema.safeParse(message).success)).not.toEqual([]);
});
