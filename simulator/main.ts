import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { masked } from './base/masking.ts';
import { mustBePeople } from './people/behaviour.ts';
import { type Change, DEVELOPMENT_KEY, type People, type SimulatorOptions, startSimulator } from './simulator.ts';

const USAGE = `A Call Automation service for development: API version 2021-04-15-preview1, and today's API.

  npm run simulator -- [options]

  --port P               listen on this port (default: any free port)
  --host H               listen on this address (default: 127.0.0.1)
  --key K                access key, base64 (default: the development key, see simulator/README.md)
  --speed X              divide all times of people, telephones and audio by X (default: 1)
  --seed S               seed of all randomness (default: 1)
  --calls-per-number N   concurrent calls per caller number, or "none" for no limit (default: 2)
  --resource-account A   a Teams resource account that may call: object id=number; repeat it for more
  --audio DIR            serve the WAV files in this folder at /simulator/audio/
  --people FILE          what people do: JSON as for PUT /simulator/people
  --no-reasons           leave out why a call was not answered, as the reference page does
  --json                 log in JSON, one event a line
  --help                 show this help

The first line of output is the connection string. The log goes to stderr.`;

/** The command line is wrong. */
class UsageError extends Error {}

type Command = { options: SimulatorOptions; asJson: boolean };

function readCommand(args: string[]): Command | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      key: { type: 'string' },
      speed: { type: 'string' },
      seed: { type: 'string' },
      'calls-per-number': { type: 'string' },
      'resource-account': { type: 'string', multiple: true },
      audio: { type: 'string' },
      people: { type: 'string' },
      'no-reasons': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const { host, key, seed, audio, people } = values;
  const port = numberOf('--port', values.port);
  const speed = numberOf('--speed', values.speed);
  const lines = values['calls-per-number'];
  const callsPerNumber = lines === 'none' ? Number.POSITIVE_INFINITY : numberOf('--calls-per-number', lines);
  const options: SimulatorOptions = {
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    key: key ?? DEVELOPMENT_KEY,
    ...(speed !== undefined && { speed }),
    ...(seed !== undefined && { seed }),
    ...(callsPerNumber !== undefined && { callsPerNumber }),
    resourceAccounts: Object.fromEntries((values['resource-account'] ?? []).map(accountOf)),
    ...(audio !== undefined && { audioDir: audio }),
    ...(people !== undefined && { people: readPeople(people) }),
    reasons: !values['no-reasons'],
  };
  return { options, asJson: values.json ?? false };
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new UsageError(`${flag} must be a number, not "${text}"`);
  return number;
}

function accountOf(text: string): [objectId: string, number: string] {
  const [objectId = '', number = '', ...more] = text.split('=');
  if (number === '' || more.length > 0) {
    throw new UsageError(`--resource-account must be object id=number, not "${text}"`);
  }
  return [objectId, number];
}

function readPeople(file: string): People {
  const people = readJson(file);
  mustBePeople(people, `--people ${file}`);
  return people;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UsageError(`--people ${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`);
  }
}

/** One line for the log, or undefined for a change that is not logged. */
function inWords(change: Change): string | undefined {
  switch (change.what) {
    case 'request': {
      const { operation, method, path, status, code } = change.request;
      return `${operation ?? `${method} ${path}`}: ${status ?? 'answer lost'}${code ? ` ${code}` : ''}`;
    }
    case 'state':
      return `${change.callLegId} ${change.state}${change.reason ? `: ${change.reason.message}` : ''}`;
    case 'person':
      return `${change.callLegId} ${change.identity} ${change.did}`;
    case 'callback':
      return change.status === 200
        ? undefined
        : `${change.callLegId} ${change.type}: callback ${change.status ?? 'not answered'}`;
    case 'event':
      return undefined;
  }
}

function log(asJson: boolean, what: string, text: string): void {
  console.error(asJson ? JSON.stringify({ at: new Date().toISOString(), what, text: masked(text) }) : masked(text));
}

async function run({ options, asJson }: Command): Promise<void> {
  const simulator = await startSimulator(options);
  process.stdout.write(`${simulator.connectionString}\n`);
  log(asJson, 'started', `Listening at ${simulator.url}. Calls: ${simulator.url}/simulator/calls`);
  simulator.subscribe((change) => {
    const text = inWords(change);
    if (text) log(asJson, change.what, text);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void simulator.close().then(() => process.exit(0));
    });
  }
}

/** Prints an error and sets the exit code: 2 for a wrong command line, 1 for anything else. */
function fail(error: unknown, options?: SimulatorOptions): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    console.error(`Port ${options?.port} of ${options?.host ?? '127.0.0.1'} is in use. Choose another with --port.`);
    process.exitCode = 1;
    return;
  }
  const isTyped = error instanceof UsageError || code === 'InvalidRequest' || String(code).startsWith('ERR_PARSE_ARGS');
  console.error(isTyped ? `${message}\nTry --help.` : message);
  process.exitCode = isTyped ? 2 : 1;
}

async function main(): Promise<void> {
  let command: Command | 'help' | undefined;
  try {
    command = readCommand(process.argv.slice(2));
    if (command === 'help') process.stdout.write(`${USAGE}\n`);
    else await run(command);
  } catch (error) {
    fail(error, typeof command === 'object' ? command.options : undefined);
  }
}

await main();
