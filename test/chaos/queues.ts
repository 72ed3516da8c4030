import type { QueueName } from '../../src/lib/storage/queue-store.ts';
import type { AppProcess, Ground } from './process.ts';

/** A message on a queue. Two copies of it may be processed at once. */
export type Message = {
  readonly id: string;
  readonly queue: QueueName;
  readonly body: object;
  dequeueCount: number;
  /** Copies that are not finished yet. */
  copies: number;
  /** The results of its runs, oldest first. */
  readonly fates: string[];
  isPoison: boolean;
};

/** How a run for a message ended. */
export type Run = { readonly result: 'succeeded' | 'failed'; readonly why: string };

const MAX_DEQUEUE_COUNT = 5;
/** `host.json`: after a failed run. */
const RETRY_MS = 2_000;
/** A message that a process has taken stays invisible for this long after the last renewal. */
const INVISIBLE_MS = 10 * 60_000;
const RENEWED_MS = 5 * 60_000;
const POLL_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Storage queues and the host: at-least-once delivery, in no order, poison after five tries. */
export class Queues {
  readonly messages: Message[] = [];
  readonly #ground: Ground;
  readonly #process: () => AppProcess | undefined;
  /** Settles when the run ends, never if its process dies. */
  readonly #run: (message: Message, process: AppProcess) => Promise<Run>;
  readonly #sent: (message: Message) => void;
  /** Contains a message twice if two copies of it are in progress. */
  readonly #underWay = new Map<AppProcess, Message[]>();

  constructor(
    ground: Ground,
    process: () => AppProcess | undefined,
    run: (message: Message, process: AppProcess) => Promise<Run>,
    sent: (message: Message) => void = () => undefined,
  ) {
    this.#ground = ground;
    this.#process = process;
    this.#run = run;
    this.#sent = sent;
  }

  put(queue: QueueName, body: object, delaySeconds = 0): void {
    const { faults, random } = this.#ground;
    const message: Message = {
      id: `message-${this.messages.length + 1}`,
      queue,
      // A real queue delivers only JSON.
      body: JSON.parse(JSON.stringify(body)),
      dequeueCount: 0,
      copies: 0,
      fates: [],
      isPoison: false,
    };
    this.messages.push(message);
    this.#sent(message);
    const delayMs = delaySeconds * 1000 + (faults.strikes('messageDelayed') ? random.int(10_000, 600_000) : 0);
    this.#show(message, delayMs);
    if (faults.strikes('messageDoubled')) this.#show(message, delayMs + random.int(0, 500));
    if (faults.strikes('messageAgainLate')) this.#show(message, delayMs + HOUR_MS);
  }

  /** Whether any copy of a message is unfinished. */
  get isBusy(): boolean {
    return this.messages.some(({ copies }) => copies > 0);
  }

  /** Messages that a dead process had taken become visible again later. */
  bury(process: AppProcess): void {
    for (const message of this.#underWay.get(process) ?? []) {
      message.copies--;
      message.fates.push('its process died');
      this.#show(message, this.#ground.random.int(RENEWED_MS, INVISIBLE_MS));
    }
    this.#underWay.delete(process);
  }

  #show(message: Message, afterMs: number): void {
    message.copies++;
    this.#ground.clock.after(afterMs + this.#ground.random.int(0, POLL_MS), () => this.#take(message));
  }

  #take(message: Message): void {
    const process = this.#process();
    message.copies--;
    if (!process) {
      this.#show(message, POLL_MS);
      return;
    }
    message.dequeueCount++;
    if (message.dequeueCount > MAX_DEQUEUE_COUNT) {
      this.#poison(message, 'dequeued too often');
      return;
    }
    message.copies++;
    const held = this.#underWay.get(process) ?? [];
    this.#underWay.set(process, held);
    held.push(message);
    void this.#run(message, process).then((run) => {
      held.splice(held.indexOf(message), 1);
      message.copies--;
      message.fates.push(`${run.result}: ${run.why}`);
      if (run.result === 'succeeded') return;
      if (message.dequeueCount >= MAX_DEQUEUE_COUNT) this.#poison(message, run.why);
      else this.#show(message, RETRY_MS);
    });
  }

  #poison(message: Message, why: string): void {
    message.isPoison = true;
    message.fates.push(`poison: ${why}`);
    const { trace, clock } = this.#ground;
    trace.add(clock.now, 'host', () => `${message.id} of ${message.queue} goes to the poison queue: ${why}`);
  }
}
