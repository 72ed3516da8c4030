import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FunctionMetadata, RpcInvocationRequest, RpcInvocationResponse } from './core-types.ts';
import type { Log } from './log.ts';
import { type FromWorker, isFromWorker, type ToWorker } from './worker-messages.ts';

const ENTRY = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** How many crashes within how long end the host (host source: RpcFunctionInvocationDispatcher). */
const MAX_CRASHES = 3;
const CRASHES_WITHIN_MS = 30 * 60_000;

type Load = Extract<ToWorker, { type: 'load' }>;
type Answer = Exclude<FromWorker, { type: 'worker-ready' | 'worker-failed' }>;

/** One process, with the invocations that it has not answered. */
type Running = {
  readonly child: ChildProcess;
  readonly functions: FunctionMetadata[];
  readonly pending: Map<string, PromiseWithResolvers<RpcInvocationResponse>>;
};

/**
 * The app's process. If it ends by itself, all its functions fail and a new one starts; what is invoked meanwhile waits
 * for that. The third crash within half an hour ends the host.
 */
export class WorkerProcess {
  /** Resolves, with the reason, when the host must end. */
  readonly ended: Promise<Error>;
  readonly #load: Load;
  readonly #log: Log;
  readonly #end: (reason: unknown) => void;
  #current: Promise<Running>;
  #crashes: number[] = [];
  #isStopping = false;

  private constructor(load: Load, log: Log) {
    this.#load = load;
    this.#log = log;
    const { promise, reject } = Promise.withResolvers<never>();
    this.ended = promise.catch((reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))));
    this.#end = reject;
    this.#current = startProcess(load);
  }

  /** Starts a process and loads the app in it. @throws Error if the app cannot be loaded. */
  static async start(load: Omit<Load, 'type'>, log: Log): Promise<WorkerProcess> {
    const worker = new WorkerProcess({ type: 'load', ...load }, log);
    worker.#watch(await worker.#current);
    return worker;
  }

  /** The process that runs the functions now. */
  async pid(): Promise<number> {
    return (await this.#current).child.pid ?? 0;
  }

  async functions(): Promise<FunctionMetadata[]> {
    return (await this.#current).functions;
  }

  /** Runs a function. @throws Error with the text of the function's error, or if the process ends. */
  async invoke(request: RpcInvocationRequest): Promise<RpcInvocationResponse> {
    const { child, pending } = await this.#current;
    if (!child.connected) throw new Error('The worker has ended.');
    const answer = Promise.withResolvers<RpcInvocationResponse>();
    pending.set(request.invocationId, answer);
    tell(child, { type: 'invoke', request });
    try {
      return await answer.promise;
    } finally {
      pending.delete(request.invocationId);
    }
  }

  /** Ends the process with all that runs in it, and starts a new one. That does not count as a crash. */
  async restart(): Promise<void> {
    const { child } = await this.#current;
    this.#replace();
    child.kill('SIGKILL');
  }

  /** Lets the app end, and kills its process after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const running = await this.#current.catch(() => undefined);
    if (!running || running.child.exitCode !== null || running.child.signalCode !== null) return;
    const exited = once(running.child, 'exit');
    tell(running.child, { type: 'terminate' });
    const timer = setTimeout(() => running.child.kill('SIGKILL'), graceMs);
    await exited;
    clearTimeout(timer);
  }

  #replace(): void {
    this.#current = startProcess(this.#load);
    this.#current.then((running) => this.#watch(running), this.#end);
  }

  #watch(running: Running): void {
    const replaced = this.#current;
    running.child.once('exit', (code, signal) => {
      const reason = `The worker ended (${signal ?? code}).`;
      for (const answer of running.pending.values()) answer.reject(new Error(reason));
      if (this.#isStopping || this.#current !== replaced) return;
      this.#log.error(reason);
      const now = Date.now();
      this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES_WITHIN_MS), now];
      if (this.#crashes.length < MAX_CRASHES) this.#replace();
      else this.#end(new Error('The worker crashed too often. The host starts again.'));
    });
  }
}

/** Starts a process and loads the app. @throws Error if it ends before that, or the app cannot be loaded. */
function startProcess(load: Load): Promise<Running> {
  const child = fork(ENTRY, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pending: Running['pending'] = new Map();
  const started = Promise.withResolvers<Running>();
  child.on('message', (message: unknown) => {
    // Messages of the app itself go to the host's parent.
    if (!isFromWorker(message)) process.send?.(message);
    else if (message.type === 'worker-ready') started.resolve({ child, functions: message.functions, pending });
    else if (message.type === 'worker-failed') started.reject(new Error(message.message, { cause: message.detail }));
    else settle(pending, message);
  });
  child.once('exit', (code, signal) =>
    started.reject(new Error(`The worker ended (${signal ?? code}) while it loaded the app.`)),
  );
  tell(child, load);
  return started.promise;
}

function settle(pending: Running['pending'], answer: Answer): void {
  const waiting = pending.get(answer.invocationId);
  if (answer.type === 'worker-answer') waiting?.resolve(answer.response);
  else waiting?.reject(new Error(answer.detail));
}

function tell(child: ChildProcess, message: ToWorker): void {
  // If it fails, the process has ended, and `exit` reports that.
  if (child.connected) child.send(message, () => undefined);
}
