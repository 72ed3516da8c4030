/** Runs a function when its event occurs. */
export interface Trigger {
  start(): Promise<void>;
  /** Accepts no new work. Resolves when all work in progress is finished. */
  stop(): Promise<void>;
  /** Runs the function once, for the admin API. @param input the text of a queue message or an HTTP body. */
  runByHand(input: string): Promise<unknown>;
}
