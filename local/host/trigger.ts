/** What sets a function going by itself. */
export interface Trigger {
  start(): Promise<void>;
  /** Takes no new work from now on; resolves when what was begun is done with. */
  stop(): Promise<void>;
  /** Runs the function once with a text as input (the admin API). */
  runByHand(input: string): Promise<unknown>;
}
