import { describe, expect, it } from 'vitest';
import { messageProblems } from '../../local/check-message.ts';
import { CONTRACTS } from '../../local/queue-contracts.ts';
import { QUEUES } from '../../src/lib/storage/queue-store.ts';

describe('before a message is enqueued by hand', () => {
  it.each(QUEUES)('every example of %s passes', (queue) => {
    const examples = CONTRACTS[queue].flatMap((contract) => contract.examples);
    expect(examples.map((example) => messageProblems(queue, JSON.stringify(example)))).toEqual(examples.map(() => []));
  });

  it('a mistyped member is a problem, though the app ignores it', () => {
    expect(messageProblems('hang-up', '{"callLegId":"1","leav":true}')).toEqual(['Unrecognized key: "leav"']);
  });

  it('a rule about two members counts', () => {
    const problems = messageProblems(
      'remove-participant',
      '{"callLegId":"1","conversationId":"2","participantId":"3"}',
    );
    expect(problems).toEqual(['must name exactly one of callLegId and conversationId']);
  });

  it('the problems are those of the kind of message that it resembles', () => {
    expect(
      messageProblems('start-call', '{"outageId":"storm-7","shard":0,"recipientId":"0a1b2c3d4e5f60718293"}'),
    ).toEqual(['attempt: Invalid input: expected number, received undefined']);
  });

  it('what is not JSON is a problem, and so is JSON that is no object', () => {
    expect(messageProblems('hang-up', 'leg 1')).toEqual([expect.stringContaining('It is not JSON')]);
    const base64 = Buffer.from('{"callLegId":"1"}').toString('base64');
    expect(messageProblems('hang-up', base64)).toEqual(['It is base64, send plain JSON']);
    expect(messageProblems('hang-up', '\ufeff{"callLegId":"1"}')).toEqual([]);
    expect(messageProblems('hang-up', '"leg 1"')).toEqual([expect.stringContaining('expected object')]);
  });
});
