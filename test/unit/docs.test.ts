import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CONTRACTS } from '../../local/queue-contracts.ts';

/** The queue messages in the documents, and the error messages that they explain. */

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

it('several documents show a queue message', () =>
  expect(new Set(messages.map(({ document }) => document)).size).toBeGreaterThan(2));

it.each(messages)('a message of $document fits the queue $queue', ({ queue, content }) => {
  const message: unknown = JSON.parse(content.replace(/<your phone[^>]*>/, '+14255550123'));
  const [, contracts = []] = Object.entries(CONTRACTS).find(([name]) => name === queue) ?? [];
  expect(contracts.filter(({ schema }) => schema.safeParse(message).success)).not.toEqual([]);
});

/** The constant parts of each reason in the table of docs/operations.md; `…` stands for what differs. */
const reasons = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `([^`|]*…[^`|]*)`.* \|$/gm)].map(
  ([, reason = '']) => ({ reason, parts: reason.split(/:? ?…/).filter((part) => part.length > 10) }),
);

const SOURCE = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join('src', name), 'utf8'))
  .join('\n');

it('docs/operations.md explains several reasons', () => expect(reasons.length).toBeGreaterThan(3));

it.each(reasons)('the reason "$reason" of docs/operations.md is one that the code gives', ({ parts }) => {
  expect(parts.filter((part) => !SOURCE.includes(part))).toEqual([]);
});
