import { notJson, withoutMark } from '../src/lib/base/json-text.ts';
import { problemsOf } from '../src/lib/base/problems.ts';
import type { QueueName } from '../src/lib/storage/queue-store.ts';
import { CONTRACTS } from './queue-contracts.ts';

/**
 * Why a queue's function would refuse this message, or ignore a part of it; empty if it would not. Stricter than the
 * app, which ignores members that it does not know, because another version may have sent them: by hand they are typos.
 */
export function messageProblems(queue: QueueName, text: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(withoutMark(text));
  } catch {
    return [`It ${notJson(text)}`];
  }
  // The problems of the kind of message that it most resembles.
  const [fewest = []] = CONTRACTS[queue]
    .map(({ schema }) => {
      const { error } = schema.strict().safeParse(message);
      return error ? problemsOf(error) : [];
    })
    .sort((a, b) => a.length - b.length);
  return fewest;
}
