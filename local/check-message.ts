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
    message = JSON.parse(text);
  } catch (error) {
    return [`It is not JSON: ${error instanceof Error ? error.message : error}`];
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
