import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { API_FLAG, apiFlag } from './api-flag.ts';
import { numberFlag, readFlags, runCommand, UsageError } from './cli.ts';
import { PEOPLE } from './demo-scene.ts';
import { listingText } from './host/listing.ts';
import { isFree } from './ports.ts';
import { type RealService, startRealService } from './real-service.ts';
import { untilItEnds } from './restart-key.ts';
import { settingsOfFile } from './settings-file.ts';
import { type Stack, startStack } from './stack.ts';
import { callCommand, poisonCommand, waysToBeCalled } from './ways-to-be-called.ts';

const USAGE = `Usage: npm start -- [flags]

Runs the app with storage and a simulated telephone service on this machine, until Ctrl-C.
Prints the functions, the storage connection string, the URLs of the dashboard and of your simulated phone, and
commands that place a call and show failed messages. Type r and Enter to kill the app and start it again.`;

/** Default ports. */
const PORTS = { port: 7071, 'simulator-port': 7072, 'queue-port': 10_001, 'table-port': 10_002 } as const;

const FLAGS = {
  api: API_FLAG,
  data: { type: 'string', value: 'DIR', help: 'keep the data in this folder (default .ringdown)' },
  fresh: { type: 'boolean', help: 'delete the data of earlier runs first' },
  settings: {
    type: 'string',
    value: 'FILE',
    help: 'use the telephone service and storage of these settings, for example local.settings.json',
  },
  port: { type: 'string', value: 'P', help: 'port of the app (default 7071)' },
  'simulator-port': { type: 'string', value: 'P', help: 'port of the telephone service (default 7072)' },
  'queue-port': { type: 'string', value: 'P', help: 'port of Queue Storage (default 10001, like Azurite)' },
  'table-port': { type: 'string', value: 'P', help: 'port of Table Storage (default 10002, like Azurite)' },
  speed: { type: 'string', value: 'X', help: 'speed of the simulated people (default 1)' },
  quiet: { type: 'boolean', help: 'do not show the log of the app' },
} as const;

const HINT = 'Type r and Enter to kill the app and start it again. Press Ctrl-C to stop.';

await runCommand(async (onEnd) => {
  const flags = readFlags(USAGE, FLAGS);
  const port = (flag: keyof typeof PORTS): number =>
    numberFlag(flag, flags[flag], { min: 0, max: 65_535 }) ?? PORTS[flag];
  const azurite = { queuePort: port('queue-port'), tablePort: port('table-port'), dataDir: dataDir(flags) };
  const options = { logLevel: 'info', showLog: !flags.quiet } as const;
  if (flags.settings !== undefined) {
    if (flags.api !== undefined)
      throw new UsageError('--api is for the simulated service; CALL_AUTOMATION_API decides.');
    const settings = settingsOfFile(flags.settings);
    await mustBeFree({ port: port('port') });
    const service = await startRealService(settings, { ...options, port: port('port'), azurite });
    onEnd(() => service.stop());
    process.stdout.write(`${welcomeToRealService(service, settings)}\n`);
    throw endedUnexpectedly(await untilItEnds(service));
  }
  await mustBeFree({
    port: port('port'),
    'simulator-port': port('simulator-port'),
    'queue-port': port('queue-port'),
    'table-port': port('table-port'),
  });
  const stack = await startStack({
    ...options,
    api: apiFlag(flags.api),
    appPort: port('port'),
    azurite,
    simulator: {
      port: port('simulator-port'),
      speed: numberFlag('speed', flags.speed, { min: 0.1, max: 1000 }) ?? 1,
      people: PEOPLE,
    },
  });
  onEnd(() => stack.stop());
  stack.simulator.canBeCalled(...waysToBeCalled(stack));
  process.stdout.write(`${welcome(stack, azurite.dataDir)}\n`);
  throw endedUnexpectedly(await untilItEnds(stack));
});

function endedUnexpectedly(how: number | NodeJS.Signals): Error {
  return new Error(`The app stopped unexpectedly (${how}).`);
}

/** The folder of the data; empty if `--fresh` is given. @throws UsageError if the folder holds something else. */
function dataDir({ data = '.ringdown', fresh = false }: { data?: string; fresh?: boolean }): string {
  if (!existsSync(data)) return data;
  const isOurs = existsSync(join(data, 'queue.json'));
  if (fresh && !isOurs) throw new UsageError(`--fresh: ${data} has no data of an earlier run, so it was not deleted.`);
  if (fresh) rmSync(data, { recursive: true });
  return data;
}

function welcome(stack: Stack, data: string): string {
  return `
Functions:

${listingText(stack.functions)}

Function key (x-functions-key): ${stack.functionKey}
Dashboard:          ${stack.url}/api/dashboard (asks for that key)
Telephone service:  ${stack.simulator.connectionString}
Calls so far:       ${stack.simulator.url}/simulator/calls
Your own phone:     ${stack.simulator.url}/phone
Storage:            ${stack.storage}
Data:               ${data} (--fresh begins anew)

To place a call, paste this into another terminal, in this folder:

  ${callCommand(stack, '+14255550123')}

If the page of your own phone is open, that call rings there. To see messages that failed:

  ${poisonCommand(stack.storage)}

${HINT}`;
}

function welcomeToRealService(service: RealService, settings: Readonly<Record<string, string>>): string {
  const { localStorage } = service;
  return `
Functions:

${listingText(service.functions)}

Function key (x-functions-key): ${service.functionKey}
Dashboard:          ${service.url}/api/dashboard (asks for that key)
Telephone service:  a real one. Calls ring real phones and cost money.
Callbacks:          ${settings['CALLBACK_BASE_URL']} must reach ${service.url}
Storage:            ${localStorage ?? 'that of the settings'}

${HINT}`;
}

/** @throws Error naming each port that is in use, and the flag that chooses another. */
async function mustBeFree(ports: Readonly<Record<string, number>>): Promise<void> {
  const problems: string[] = [];
  for (const [flag, port] of Object.entries(ports)) {
    if (!(await isFree(port))) problems.push(`Port ${port} is in use: choose another with --${flag}.`);
  }
  if (problems.length > 0) throw new Error(problems.join(' '));
}
