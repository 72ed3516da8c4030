import { numberFlag, readFlags, runCommand } from './cli.ts';
import { PEOPLE } from './demo-scene.ts';
import { listingText } from './host/listing.ts';
import { type Stack, startStack } from './stack.ts';

const USAGE = `Usage: npm start -- [flags]

Serves the app with storage and a simulated telephone service on this machine, until Ctrl-C.
Prints the functions, the storage connection string, and a command that enqueues a call.`;

const FLAGS = {
  port: { type: 'string', value: 'P', help: 'port of the app (default 7071)' },
  'simulator-port': { type: 'string', value: 'P', help: 'port of the telephone service (default 7072)' },
  'queue-port': { type: 'string', value: 'P', help: 'port of Queue Storage (default 10001, as Azurite has it)' },
  'table-port': { type: 'string', value: 'P', help: 'port of Table Storage (default 10002, as Azurite has it)' },
  speed: { type: 'string', value: 'X', help: 'how fast the simulated people live (default 1)' },
  quiet: { type: 'boolean', help: 'do not show the log of the app' },
} as const;

await runCommand(async (onEnd) => {
  const flags = readFlags(USAGE, FLAGS);
  const portFlag = (name: keyof typeof FLAGS, fallback: number): number =>
    numberFlag(name, typeof flags[name] === 'string' ? flags[name] : undefined, { min: 0, max: 65_535 }) ?? fallback;
  const stack = await startStack({
    appPort: portFlag('port', 7071),
    azuritePorts: { queuePort: portFlag('queue-port', 10_001), tablePort: portFlag('table-port', 10_002) },
    simulator: {
      port: portFlag('simulator-port', 7072),
      speed: numberFlag('speed', flags.speed, { min: 0.1, max: 1000 }) ?? 1,
      people: PEOPLE,
    },
    logLevel: 'info',
    showLog: !flags.quiet,
  });
  onEnd(() => stack.stop());
  process.stdout.write(`${welcome(stack)}\n`);
  const how = await stack.app().exited;
  throw new Error(`The app has ended (${how}).`);
});

function welcome(stack: Stack): string {
  return `
Functions:

${listingText(stack.functions)}

Function key (x-functions-key): ${stack.functionKey}
Telephone service:  ${stack.simulator.connectionString}
Calls so far:       ${stack.simulator.url}/simulator/calls
Storage:            ${stack.storage}

To place a call, paste this into another terminal, in this folder:

  npm run -s enqueue -- start-call '${exampleCall(stack)}' --storage '${stack.storage}'

Ctrl-C ends everything.`;
}

function exampleCall(stack: Stack): string {
  return JSON.stringify({
    targets: [{ phoneNumber: { value: '+14255550123' } }],
    audioFileUri: `${stack.simulator.url}/simulator/audio/message.wav`,
  });
}
