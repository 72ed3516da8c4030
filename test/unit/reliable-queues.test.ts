import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/lib/base/errors.ts';
import { ReliableQueues } from '../../src/lib/storage/reliable-queues.ts';
import { MemoryQueues } from './support/memory-services.ts';

/** Queues that fail this many times before they work. */
class ShakyQueues extends MemoryQueues {
  #failures: number;
  readonly #isTransient: boolean;

  constructor(failures: number, isTransient = true) {
    super();
    this.#failures = failures;
    this.#isTransient = isTransient;
  }

  override async send(...message: Parameters<MemoryQueues['send']>): Promise<void> {
    if (this.#failures-- > 0) throw new StorageError('no answer', { isTransient: this.#isTransient });
    return super.send(...message);
  }
}

const reliable = (queues: ShakyQueues): ReliableQueues => new ReliableQueues(queues, async () => undefined);

describe('a message', () => {
  it('is sent even if storage is unavailable for a while', async () => {
    const queues = new ShakyQueues(3);
    await reliable(queues).send('hang-up', { callLegId: 'leg-1' }, 5);
    expect(queues.sent).toEqual([{ queue: 'hang-up', message: { callLegId: 'leg-1' }, delaySeconds: 5 }]);
  });

  it('is not silently lost if storage stays unavailable or refuses it', async () => {
    await expect(reliable(new ShakyQueues(4)).send('hang-up', {})).rejects.toThrow(StorageError);
    await expect(reliable(new ShakyQueues(1, false)).send('hang-up', {})).rejects.toThrow(StorageError);
  });
});
