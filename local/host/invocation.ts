import { randomBytes, randomUUID } from 'node:crypto';
import type { LoadedApp } from './app-loader.ts';
import type { BoundFunction } from './bindings.ts';
import type {
  CoreInvocationContext,
  CoreLog,
  FunctionCallback,
  HookContext,
  HookData,
  RpcInvocationResponse,
  RpcTraceContext,
  RpcTypedData,
} from './core-types.ts';
import type { HostSettings } from './host-json.ts';
import { describeError, fromCoreLevel, isLogged, type Log } from './log.ts';

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

/** The result of an invocation. */
export type InvocationOutcome = {
  response: RpcInvocationResponse;
  /** What the handler returned, before the library converted it. */
  result: unknown;
};

/**
 * Runs functions through the app's library, with the same steps as Azure's Node worker, and counts them. A function that
 * takes longer than `functionTimeout` ends the worker: every function that runs at that moment fails, and its queue
 * message is delivered again (platform docs: host.json, functionTimeout).
 */
export class Invoker {
  /** Resolves, with the reason, when the worker has to be ended. No function may run after that. */
  readonly ended: Promise<Error>;
  readonly #app: LoadedApp;
  readonly #log: Log;
  readonly #settings: Pick<HostSettings, 'functionTimeoutMs' | 'logLevel'>;
  readonly #running = new Set<Promise<unknown>>();
  readonly #end: (reason: Error) => void;

  constructor(app: LoadedApp, log: Log, settings: Pick<HostSettings, 'functionTimeoutMs' | 'logLevel'>) {
    this.#app = app;
    this.#log = log;
    this.#settings = settings;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.#end = resolve;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Runs a function once. Logs a failure and rethrows it: what happens next depends on the trigger. */
  invoke(bound: BoundFunction, input: InvocationInput): Promise<InvocationOutcome> {
    const run = Promise.race([this.#invoke(bound, input), this.#cut()]);
    this.#running.add(run);
    const settled = () => this.#running.delete(run);
    run.then(settled, settled);
    return run;
  }

  /** Fails when the worker is ended. */
  async #cut(): Promise<never> {
    throw await this.ended;
  }

  /** Resolves when no function is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #invoke(bound: BoundFunction, input: InvocationInput): Promise<InvocationOutcome> {
    const invocationId = input.invocationId ?? randomUUID();
    const started = performance.now();
    this.#log.debug(`[${bound.name}] invocation ${invocationId} starts`);
    const limit = this.#settings.functionTimeoutMs;
    const timer = setTimeout(() => {
      const reason = `Timeout value of ${limit / 1000} s exceeded by function ${bound.name} (${invocationId})`;
      this.#log.error(`${reason}. The worker ends.`);
      this.#end(new Error(reason));
    }, limit);
    try {
      const outcome = await this.#run(bound, input, invocationId);
      const took = Math.round(performance.now() - started);
      this.#log.debug(`[${bound.name}] invocation ${invocationId} succeeded in ${took} ms`);
      return outcome;
    } catch (error) {
      this.#log.error(`[${bound.name}] invocation ${invocationId} failed: ${describeError(error)}`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #run(bound: BoundFunction, input: InvocationInput, invocationId: string): Promise<InvocationOutcome> {
    const { worker, model } = this.#app;
    if (!model) throw new Error('The app did not load @azure/functions.');
    const hookData: HookData = {};
    const shared: HookContext = { hookData, appHookData: worker.appHookData };
    let invocationContext: unknown;
    const log: CoreLog = (level, category, message) => {
      // Log hooks may change the line; they are not awaited (library docs: `app.hook.log`).
      const line = { ...shared, level, message, category, invocationContext };
      for (const hook of worker.hooks('log')) hook(line);
      if (!isLogged(`Function.${bound.name}.User`, line.level, this.#settings.logLevel)) return;
      this.#log[fromCoreLevel(line.level)](`[${bound.name}] ${line.message}`);
    };

    const core: CoreInvocationContext = {
      invocationId,
      metadata: bound.registered.metadata,
      request: {
        invocationId,
        functionId: bound.name,
        inputData: [{ name: bound.inputName, data: input.data }],
        triggerMetadata: input.triggerMetadata ?? {},
        traceContext: traceContext(input),
        retryContext: null,
      },
      log,
    };
    const invocation = await model.getInvocationModel(core);
    const { context, inputs } = await invocation.getArguments();
    invocationContext = context;

    const before = {
      ...shared,
      invocationContext: context,
      inputs,
      functionCallback: bound.registered.handler satisfies FunctionCallback,
    };
    core.state = 'preInvocationHooks';
    await worker.runHooks('preInvocation', before);

    // As in the worker, the postInvocation hooks get the handler's error and may replace or remove it.
    const after: HookContext & { result: unknown; error: unknown; inputs: unknown[]; invocationContext: unknown } = {
      ...shared,
      invocationContext: context,
      inputs: before.inputs,
      result: null,
      error: null,
    };
    core.state = 'invocation';
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error(`The handler threw ${String(error)}`);
    }
    core.state = 'postInvocationHooks';
    await worker.runHooks('postInvocation', after);
    core.state = undefined;
    if (after.error !== null && after.error !== undefined) throw after.error;
    return { response: await invocation.getResponse(context, after.result), result: after.result };
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
