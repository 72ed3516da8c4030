/** Queue Storage as the app sees it: put a message on a queue, to be seen at once or after a delay. */
export interface QueueStore {
  send(queue: QueueName, message: object, delaySeconds?: number): Promise<void>;
}

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
