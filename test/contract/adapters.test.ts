import { startSimulator } from '../../simulator/simulator.ts';
import { acs2021 } from '../../src/lib/call-automation/acs-2021.ts';
import { parseCallEvents } from '../../src/lib/call-automation/callbacks.ts';
import type { KnownCallEvent } from '../../src/lib/call-automation/events.ts';
import { acsGa } from '../../src/lib/call-automation/ga/acs-ga.ts';
import type { CallAutomation } from '../../src/lib/call-automation/port.ts';
import { CallbackApp } from '../fixtures/callback-app.ts';
import { type Bench, type Does, keepsTheContract } from './adapter/contract.ts';

/** Every adapter keeps the contract of the port. A new one is one more line here. */

const CALLER = '+14255550190';
const ACCOUNT = '11111111-2222-4333-8444-555555555555';

const BEHAVIOURS: Readonly<Record<Does, string>> = {
  answers: 'answers after 1 s, stays',
  busy: 'busy',
  'no answer': 'no answer after 5 s',
  declines: 'declines',
  'unknown number': 'unknown number',
};

const isKnown = (event: { type: string }): event is KnownCallEvent => event.type !== 'Unknown';

/** The simulator, with an adapter of one of its APIs. */
async function simulated(adapter: (connectionString: string) => CallAutomation): Promise<Bench> {
  const app = new CallbackApp<KnownCallEvent>(
    (body) => parseCallEvents(body).filter(isKnown),
    ({ type, data }) => `${type} ${JSON.stringify(data)}`,
  );
  await app.listen();
  const simulator = await startSimulator({
    speed: 50,
    callbackBackoffMs: 5,
    resourceAccounts: { [ACCOUNT]: CALLER },
  });
  const wrong = simulator.connectionString.replace(/accesskey=.*/, 'accesskey=YW5vdGhlcg==');
  return {
    calls: adapter(simulator.connectionString),
    stranger: adapter(wrong),
    caller: CALLER,
    callbackUri: `${app.url}/callbacks`,
    audio: (seconds) => app.audio(seconds),
    person: (number, does) => simulator.people({ people: { [number]: BEHAVIOURS[does] } }),
    press: (callLegId, key) => simulator.press(callLegId, key),
    rang: () => simulator.calls().created,
    hears: (is, what) => app.receives(is, what),
    close: async () => {
      await simulator.close();
      await app.close();
    },
  };
}

keepsTheContract('the API of 2021', () => simulated((connection) => acs2021(connection, '8:acs:ringdown')));

const SPEECH = { cognitiveServicesEndpoint: 'https://speech.simulator.invalid' };

keepsTheContract('today’s API', () =>
  simulated((connectionString) => acsGa({ connectionString }, { ...SPEECH, callers: [{ number: CALLER }] })),
);

keepsTheContract('today’s API from a Teams resource account', () =>
  simulated((connectionString) =>
    acsGa({ connectionString }, { callers: [{ number: CALLER, account: ACCOUNT }], maxRetries: 0 }),
  ),
);
