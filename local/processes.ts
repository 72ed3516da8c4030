import { type ChildProcess, fork } from 'node:child_process';

/** How a child process is started. */
export interface ProcessOptions {
  /** For messages: "azurite", "host". */
  name: string;
  /** The module to run. */
  entry: string;
  args?: readonly string[];
  /** The child's whole environment; this process's unless given. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Pass the child's stderr through to ours as well. */
  showOutput?: boolean;
  /** Gets every other message of the child. */
  onMessage?: (message: unknown) => void;
  /** How long to wait for `{type: 'ready'}`. */
  readyTimeoutMs?: number;
  /** How long {@link RunningProcess.stop} waits before it kills. */
  stopGraceMs?: number;
}

/** A child process that has said it is ready. */
export interface RunningProcess {
  pid: number;
  /** The message `{type: 'ready', …}` that it sent; not validated. */
  ready: unknown;
  /** Resolves with how it ended: an exit code, or the signal that killed it. */
  exited: Promise<number | NodeJS.Signals>;
  /** The last lines of its stderr. */
  stderrTail(): string;
  /** SIGTERM, and SIGKILL after a grace. Resolves when it is gone; harmless when it already is. */
  stop(): Promise<void>;
}

const tailLength = 8_000;
const alive = new Set<ChildProcess>();

// A safety net for a parent that exits without stopping its children. They watch the IPC channel as well, which
// covers a parent that is killed.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * Starts one of our own Node programs and waits until it sends `{type: 'ready'}`.
 *
 * The program must exit when its IPC channel closes (`process.on('disconnect')`).
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
    // A grandchild may hold the pipes open; then report what was read so far.
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
  // stdout is read too, or a full pipe would stop the child.
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      if (stream === child.stderr) text = `${text}${chunk}`.slice(-tailLength);
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
        onMessage?.(message);
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
