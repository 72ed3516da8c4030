import { type ParseArgsConfig, parseArgs } from 'node:util';
import { onParentEnd } from './parent.ts';

/** Invalid arguments. The command exits with 2. */
export class UsageError extends Error {}

export type Flag = {
  readonly type: 'string' | 'boolean';
  /** Placeholder for the value in the help, for example `N`. */
  readonly value?: string;
  readonly help: string;
};

/** Reads the flags of a command. `--help` prints them and ends the process. @throws UsageError for unknown flags. */
export function readFlags<const Flags extends Record<string, Flag>>(
  usage: string,
  flags: Flags,
): { [Name in keyof Flags]?: Flags[Name]['type'] extends 'boolean' ? boolean : string } {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type }] of Object.entries(flags)) options[name] = { type };
  const { values, positionals } = parsedArgs(options);
  if (positionals.length > 0) throw new UsageError(`${JSON.stringify(positionals[0])} is not a flag.`);
  if (values['help']) {
    process.stdout.write(`${usage}\n\n${describe(flags)}\n`);
    process.exit(0);
  }
  // parseArgs has checked the types.
  return values as ReturnType<typeof readFlags<Flags>>;
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Node's `parseArgs`. A negative number may follow its flag. @throws UsageError with one sentence. */
export function parsedArgs<const Given extends Options>(
  options: Given,
): ReturnType<typeof parseArgs<{ options: Given; allowPositionals: true }>> {
  try {
    return parseArgs({ args: withNegativeNumbers(process.argv.slice(2), options), options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // For example: Option '--csv' argument is ambiguous. Did you forget … To specify …
    const [, ambiguous] = /^Option '(--[\w-]+).* is ambiguous/.exec(message) ?? [];
    throw new UsageError(ambiguous ? `${ambiguous} needs a value.` : message);
  }
}

/** `--port -1` becomes `--port=-1`: parseArgs takes `-1` for a flag. */
function withNegativeNumbers(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? '';
    const takesValue = before.startsWith('--') && options[before.slice(2)]?.type === 'string';
    if (takesValue && /^-[\d.]/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function describe(flags: Record<string, Flag>): string {
  const all: [string, Flag][] = [...Object.entries(flags), ['help', { type: 'boolean', help: 'this text' }]];
  const rows = all.map(([name, { value, help }]) => [`  --${name}${value ? ` ${value}` : ''}`, help] as const);
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 3;
  return rows.map(([flag, help]) => flag.padEnd(width) + help).join('\n');
}

/** Parses a numeric flag; undefined if it is not set. @throws UsageError if it is not a number or out of range. */
export function numberFlag(
  name: string,
  text: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) {
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not ${JSON.stringify(text)}`);
  }
  return value;
}

/**
 * Runs a command and exits with its result. Prints the message of an error without its stack. Exit codes: 0 success, 1
 * failure, 2 invalid arguments, 130 interrupted. The function given to `onEnd` always runs once before the exit.
 */
export async function runCommand(
  work: (onEnd: (cleanUp: () => Promise<void>) => void) => Promise<number>,
): Promise<never> {
  let cleanUp = async (): Promise<void> => {};
  let ending: Promise<never> | undefined;
  const end = (code: number): Promise<never> => {
    ending ??= cleanUp().then(
      () => process.exit(code),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
    return ending;
  };
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => void end(code));
  }
  onParentEnd(() => void end(143));
  try {
    return await end(await work((given) => (cleanUp = given)));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    if (ending) return ending;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (isUsage) process.stderr.write('Use --help for help.\n');
    return end(isUsage ? 2 : 1);
  }
}
