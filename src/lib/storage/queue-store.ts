/** Queue Storage as the app sees it: sends a message that is visible at once, or after a delay in seconds. */
export interface QueueStore {
  send(queue: QueueName, message: object, delaySeconds?: number): Promise<void>;
}

/** The queues of the app. A message that fails five times is moved to `<queue>-poison`. */
export const QUEUES = [
  'start-call',
  'join-call',
  'play-audio',
  'cancel-media',
  'invite-participants',
  'remove-participant',
  'hang-up',
] as const;
export type QueueName = (typeof QUEUES)[number];
