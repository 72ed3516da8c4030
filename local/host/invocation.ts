import { randomBytes, randomUUID } from 'node:crypto';
import type { BoundFunction } from './bindings.ts';
import type { RpcInvocationResponse, RpcTraceContext, RpcTypedData } from './core-types.ts';
import type { Log } from './log.ts';
import type { WorkerProcess } from './worker-process.ts';

/** The input of an invocation. */
export type InvocationInput = {
  data: RpcTypedData;
  triggerMetadata?: Record<string, RpcTypedData>;
  /** The headers `traceparent` and `tracestate` of the caller, if it sent them. */
  traceParent?: string | undefined;
  traceState?: string | undefined;
  /** Default: a random one. */
  invocationId?: string;
};

/**
 * Runs functions in the worker, and counts them. A function that takes longer than `functionTimeout` ends the worker:
 * every function that runs at that moment fails, and its queue message is delivered again (platform docs: host.json,
 * functionTimeout).
 */
export class Invoker {
  readonly #worker: WorkerProcess;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #running = new Set<Promise<unknown>>();

  constructor(worker: WorkerProcess, log: Log, timeoutMs: number) {
    this.#worker = worker;
    this.#log = log;
    this.#timeoutMs = timeoutMs;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Runs a function once. Logs a failure and rethrows it: what happens next depends on the trigger. */
  invoke(bound: BoundFunction, input: InvocationInput): Promise<RpcInvocationResponse> {
    const run = this.#invoke(bound, input);
    this.#running.add(run);
    const settled = () => this.#running.delete(run);
    run.then(settled, settled);
    return run;
  }

  /** Resolves when no function is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #invoke(bound: BoundFunction, input: InvocationInput): Promise<RpcInvocationResponse> {
    const invocationId = input.invocationId ?? randomUUID();
    const started = performance.now();
    this.#log.debug(`[${bound.name}] invocation ${invocationId} starts`);
    const limit = this.#timeoutMs;
    const timer = setTimeout(() => {
      this.#log.error(
        `Timeout value of ${limit / 1000} s exceeded by function ${bound.name} (${invocationId}). The worker ends.`,
      );
      void this.#worker.restart();
    }, limit);
    try {
      const response = await this.#worker.invoke({
        invocationId,
        functionId: bound.functionId,
        inputData: [{ name: bound.inputName, data: input.data }],
        triggerMetadata: input.triggerMetadata ?? {},
        traceContext: traceContext(input),
        retryContext: null,
      });
      const took = Math.round(performance.now() - started);
      this.#log.debug(`[${bound.name}] invocation ${invocationId} succeeded in ${took} ms`);
      return response;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#log.error(`[${bound.name}] invocation ${invocationId} failed: ${text}`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** W3C trace context: a new span in the caller's trace, or in a new trace. */
function traceContext({ traceParent, traceState }: InvocationInput): RpcTraceContext {
  const caller = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceParent ?? '');
  const trace = caller?.[1] ?? randomBytes(16).toString('hex');
  const span = randomBytes(8).toString('hex');
  return {
    traceParent: `00-${trace}-${span}-${caller?.[2] ?? '00'}`,
    ...(caller && traceState ? { traceState } : {}),
    attributes: {},
  };
}
