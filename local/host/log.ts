import type { CoreLogLevel } from './core-types.ts';

const levels = ['error', 'warn', 'info', 'debug'] as const;

/** Log levels; each includes those before it. */
export type LogLevel = (typeof levels)[number];

/** The log of the host and of the functions. */
export type Log = Record<LogLevel, (line: string) => void>;

/** Narrows text from the command line. */
export function isLogLevel(text: string): text is LogLevel {
  return levels.some((level) => level === text);
}

/** A log that writes lines to stderr, each with the time of day (UTC); stdout is kept for the ready line. */
export function createLog(level: LogLevel, write: (line: string) => void = toStderr): Log {
  const at = (own: LogLevel) => (line: string) => {
    if (levels.indexOf(own) <= levels.indexOf(level)) write(line);
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

function toStderr(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice('yyyy-mm-ddT'.length)} ${line}\n`);
}

/** The host's level for a level of `context.log` and its sisters. */
export function fromCoreLevel(level: CoreLogLevel): LogLevel {
  switch (level) {
    case 'critical':
    case 'error':
      return 'error';
    case 'warning':
      return 'warn';
    case 'information':
      return 'info';
    default:
      return 'debug';
  }
}

/** An error for a log line: its stack (which begins with the message), or whatever was thrown. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const stack = error.stack ?? '';
  const text = stack.includes(error.message) ? stack : `${error.message}\n${stack}`;
  // Below the handler there are only the library's frames and ours: the same in every failure.
  const own = text.replace(/\n\s+at [^\n]*[\\/]@azure[\\/]functions[\\/][\s\S]*$/, '');
  return error.cause === undefined ? own : `${own}\ncaused by ${describeError(error.cause)}`;
}
