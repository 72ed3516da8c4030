import { type ChildProcess, execFile, fork } from 'node:child_process';
import { promisify } from 'node:util';

export type ProcessOptions = {
  /** Name for error messages, for example "azurite". */
  name: string;
  /** The module to run. */
  entry: string;
  args?: readonly string[];
  /** The child's whole environment. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Also write the child's output to our stderr. */
  showOutput?: boolean;
  /** Receives all messages of the child except `{type: 'ready'}`, and may answer them. */
  onMessage?: (message: unknown, answer: (message: object) => void) => void;
  /** How long to wait for `{type: 'ready'}`. */
  readyTimeoutMs?: number;
  /** How long {@link RunningProcess.stop} waits before it sends SIGKILL. */
  stopGraceMs?: number;
};

/** A child process that is ready. */
export type RunningProcess = {
  pid: number;
  /** The message `{type: 'ready', …}`, not validated. */
  ready: unknown;
  /** Resolves to the exit code, or the signal that killed it. */
  exited: Promise<number | NodeJS.Signals>;
  /** The end of its stderr. */
  stderrTail(): string;
  /** Sends SIGTERM, and SIGKILL after `stopGraceMs`. Resolves when the process has ended. Idempotent. */
  stop(): Promise<void>;
};

const TAIL_LENGTH = 8_000;
const alive = new Set<ChildProcess>();

// For a parent that exits without stopping its children. If the parent is killed, they end when their IPC channel
// closes.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * Starts one of our Node programs and waits until it sends `{type: 'ready'}`. The program must exit when its IPC
 * channel closes (`process.on('disconnect')`).
 * @throws Error with the end of its stderr if it exits before that, or is not ready in time.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const child = fork(options.entry, [...(options.args ?? [])], {
    execPath: process.execPath,
    // Do not pass a test runner's flags or a debugger's port to the child.
    execArgv: [],
    env: options.env ?? process.env,
    ...(options.cwd ? { cwd: options.cwd } : {}),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  alive.add(child);
  const tail = collectTail(child, options.showOutput ?? false);
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
    // A grandchild may keep the pipes open, so do not wait for `close` for ever.
    child.once('exit', (code, signal) => setTimeout(() => resolve(code ?? signal ?? 0), 500).unref());
    child.once('error', () => child.pid === undefined && resolve(1));
  });
  void exited.then(() => alive.delete(child));

  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), options.stopGraceMs ?? 7_000);
    await exited;
    clearTimeout(timer);
  };
  try {
    const ready = await awaitReady(child, exited, tail, options);
    return { pid: child.pid ?? 0, ready, exited, stderrTail: tail, stop };
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

function collectTail(child: ChildProcess, show: boolean): () => string {
  let text = '';
  // Read stdout too: a full pipe would block the child.
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      if (stream === child.stderr) text = `${text}${chunk}`.slice(-TAIL_LENGTH);
      if (show) process.stderr.write(chunk);
    });
  }
  return () => text;
}

function awaitReady(
  child: ChildProcess,
  exited: Promise<number | NodeJS.Signals>,
  tail: () => string,
  { name, onMessage, readyTimeoutMs = 30_000 }: ProcessOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const said = () => (tail().trim() === '' ? '' : `:\n${tail().trim()}`);
    const timer = setTimeout(
      () => reject(new Error(`${name} was not ready within ${readyTimeoutMs} ms${said()}`)),
      readyTimeoutMs,
    );
    child.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'ready') {
        onMessage?.(message, (answer) => child.send(answer));
        return;
      }
      clearTimeout(timer);
      resolve(message);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${name} could not be started: ${error.message}`, { cause: error }));
    });
    void exited.then((how) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended (${how}) before it was ready${said()}`));
    });
  });
}

/** Processor time of a process so far, s. Other load on the machine hardly affects it. */
export async function cpuOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'time=', '-p', String(pid)]);
  return stdout
    .trim()
    .split(/[-:]/)
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}
