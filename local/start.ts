import { numberFlag, readFlags, runCommand } from './cli.ts';
import { PEOPLE } from './demo-scene.ts';
import { listingText } from './host/listing.ts';
import { isFree } from './ports.ts';
import { type Stack, startStack } from './stack.ts';
import { callCommand, waysToBeCalled } from './ways-to-be-called.ts';

const USAGE = `Usage: npm start -- [flags]

Runs the app with storage and a simulated telephone service on this machine, until Ctrl-C.
Prints the functions, the storage connection string, the URLs of the dashboard and of your simulated phone, and a
command that places a call.`;

/** Default ports. */
const PORTS = { port: 7071, 'simulator-port': 7072, 'queue-port': 10_001, 'table-port': 10_002 } as const;

const FLAGS = {
  port: { type: 'string', value: 'P', help: 'port of the app (default 7071)' },
  'simulator-port': { type: 'string', value: 'P', help: 'port of the telephone service (default 7072)' },
  'queue-port': { type: 'string', value: 'P', help: 'port of Queue Storage (default 10001, like Azurite)' },
  'table-port': { type: 'string', value: 'P', help: 'port of Table Storage (default 10002, like Azurite)' },
  speed: { type: 'string', value: 'X', help: 'speed of the simulated people (default 1)' },
  quiet: { type: 'boolean', help: 'do not show the log of the app' },
} as const;

await runCommand(async (onEnd) => {
  const flags = readFlags(USAGE, FLAGS);
  const port = (flag: keyof typeof PORTS): number =>
    numberFlag(flag, flags[flag], { min: 0, max: 65_535 }) ?? PORTS[flag];
  const ports = {
    port: port('port'),
    'simulator-port': port('simulator-port'),
    'queue-port': port('queue-port'),
    'table-port': port('table-port'),
  };
  await mustBeFree(ports);
  const stack = await startStack({
    appPort: ports.port,
    azuritePorts: { queuePort: ports['queue-port'], tablePort: ports['table-port'] },
    simulator: {
      port: ports['simulator-port'],
      speed: numberFlag('speed', flags.speed, { min: 0.1, max: 1000 }) ?? 1,
      people: PEOPLE,
    },
    logLevel: 'info',
    showLog: !flags.quiet,
  });
  onEnd(() => stack.stop());
  stack.simulator.canBeCalled(...waysToBeCalled(stack));
  process.stdout.write(`${welcome(stack)}\n`);
  const how = await stack.app().exited;
  throw new Error(`The app stopped unexpectedly (${how}).`);
});

function welcome(stack: Stack): string {
  return `
Functions:

${listingText(stack.functions)}

Function key (x-functions-key): ${stack.functionKey}
Dashboard:          ${stack.url}/api/dashboard (asks for that key)
Telephone service:  ${stack.simulator.connectionString}
Calls so far:       ${stack.simulator.url}/simulator/calls
Your own phone:     ${stack.simulator.url}/phone
Storage:            ${stack.storage}

To place a call, paste this into another terminal, in this folder:

  ${callCommand(stack, '+14255550123')}

If the page of your own phone is open, that call rings there.

Press Ctrl-C to stop.`;
}

/** @throws Error naming each port that is in use, and the flag that chooses another. */
async function mustBeFree(ports: Readonly<Record<string, number>>): Promise<void> {
  const problems: string[] = [];
  for (const [flag, port] of Object.entries(ports)) {
    if (!(await isFree(port))) problems.push(`Port ${port} is in use: choose another with --${flag}.`);
  }
  if (problems.length > 0) throw new Error(problems.join(' '));
}
