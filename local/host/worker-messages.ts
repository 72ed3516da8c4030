import type { FunctionMetadata, RpcInvocationRequest, RpcInvocationResponse } from './core-types.ts';
import type { HostSettings } from './host-json.ts';
import type { LogLevel } from './log.ts';

/** What the host sends to the worker. */
export type ToWorker =
  | { type: 'load'; app: string; logLevel: LogLevel; levels: HostSettings['logLevel'] }
  | { type: 'invoke'; request: RpcInvocationRequest }
  | { type: 'terminate' };

/** What the worker sends to the host. Errors travel as text. */
export type FromWorker =
  | { type: 'worker-ready'; functions: FunctionMetadata[] }
  | { type: 'worker-failed'; message: string; detail: string }
  | { type: 'worker-answer'; invocationId: string; response: RpcInvocationResponse }
  | { type: 'worker-error'; invocationId: string; detail: string };

const FROM_WORKER: readonly string[] = ['worker-ready', 'worker-failed', 'worker-answer', 'worker-error'];

/** Tells the worker's own messages from those that the app sends. Both ends are this code, so the type is enough. */
export function isFromWorker(message: unknown): message is FromWorker {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return FROM_WORKER.some((type) => type === message.type);
}
