import type { CoreLogLevel } from './core-types.ts';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** Log levels. Each one includes those before it. */
export type LogLevel = (typeof LEVELS)[number];

/** The log of the host and the functions. */
export type Log = Record<LogLevel, (line: string) => void>;

export function isLogLevel(text: string): text is LogLevel {
  return LEVELS.some((level) => level === text);
}

/** Creates a log. By default it writes to stderr, with the time (UTC): stdout is only for the ready line. */
export function createLog(level: LogLevel, write: (line: string) => void = toStderr): Log {
  const at = (own: LogLevel) => (line: string) => {
    if (LEVELS.indexOf(own) <= LEVELS.indexOf(level)) write(line);
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

function toStderr(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice('yyyy-mm-ddT'.length)} ${line}\n`);
}

/** Converts a level of the library (`context.log`, `context.warn` and so on). */
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

const SEVERITIES: readonly string[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/**
 * Whether `logging.logLevel` of host.json lets a line pass: the level of the longest name that begins the category
 * counts, then that of `default`, then Information (platform docs: Configure monitoring).
 */
export function isLogged(category: string, level: CoreLogLevel, levels: Readonly<Record<string, string>>): boolean {
  const [name = 'default'] = Object.keys(levels)
    .filter((each) => category === each || category.startsWith(`${each}.`))
    .sort((a, b) => b.length - a.length);
  const least = (levels[name] ?? 'Information').toLowerCase();
  return SEVERITIES.indexOf(level) >= SEVERITIES.indexOf(least);
}

/** The text of an error for a log line: message, stack and causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const stack = error.stack ?? '';
  const text = stack.includes(error.message) ? stack : `${error.message}\n${stack}`;
  // Below the handler's frames there are only those of the library and the host, the same in every failure.
  const own = text.replace(/\n\s+at [^\n]*[\\/]@azure[\\/]functions[\\/][\s\S]*$/, '');
  return error.cause === undefined ? own : `${own}\ncaused by ${describeError(error.cause)}`;
}
