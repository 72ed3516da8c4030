import type { WayToBeCalled } from '../simulator/simulator.ts';
import type { Stack } from './stack.ts';

/** A command for a call by hand that plays the sample message and hangs up. */
export function callCommand({ simulator, storage }: Stack, number: string): string {
  const message = {
    targets: [{ phoneNumber: { value: number } }],
    audioFileUri: `${simulator.url}/simulator/audio/message.wav`,
  };
  return `npm run -s enqueue -- start-call '${JSON.stringify(message)}' --storage '${storage}'`;
}

/** A command that counts the messages on the poison queues. */
export const poisonCommand = (storage: string): string => `npm run -s poison -- list --storage '${storage}'`;

/** Commands that declare a new outage with one number on its list. */
function outageCommands({ url, functionKey, simulator }: Stack, number: string): string {
  const audio = `${simulator.url}/simulator/audio`;
  const script = { message: `${audio}/message.wav`, thanks: `${audio}/thanks.wav` };
  const key = `-H 'x-functions-key: ${functionKey}'`;
  return `OUTAGE=call-me-$(date +%s)
curl -sS ${url}/api/outages ${key} -H 'content-type: application/json' -d '{"id":"'$OUTAGE'","title":"Storm: power out","launch":true,"script":${JSON.stringify(script)}}'
printf 'phone\\n${number}\\n' | curl -sS -X PUT ${url}/api/outages/$OUTAGE/recipients ${key} -H 'content-type: text/csv' --data-binary @-`;
}

/** The ways in which this stack can call the phone page. */
export const waysToBeCalled = (stack: Stack): WayToBeCalled[] => [
  { title: 'By an outage: within ten seconds', command: outageCommands(stack, '{number}') },
  { title: 'By one message on a queue', command: callCommand(stack, '{number}') },
];
