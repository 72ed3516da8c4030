import type { Server } from 'node:http';
import { masked } from './base/masking.ts';
import { checked } from './base/refusal.ts';
import { People } from './people/behaviour.ts';
import { Tones } from './people/tones.ts';
import type { WayToBeCalled } from './phone/view.ts';
import { createServer } from './server.ts';
import { CallbackIssuer, type TokenClaims } from './service/callback-issuer.ts';
import { Exchange } from './service/exchange.ts';
import { Faults } from './service/faults.ts';
import { Options, type SimulatorOptions } from './service/options.ts';
import type { CallsReport, Change, RequestRecord } from './service/records.ts';
import { World } from './service/world.ts';

export { silentWav } from './audio/wav.ts';
export type { People } from './people/behaviour.ts';
export { inWords, PeopleLanguageError, readScript } from './people/language.ts';
export type { Script } from './people/script.ts';
export type { WayToBeCalled } from './phone/view.ts';
export type { TokenClaims } from './service/callback-issuer.ts';
export type { Faults } from './service/faults.ts';
export type { LegState } from './service/news.ts';
export { DEVELOPMENT_KEY, DEVELOPMENT_RESOURCE_ID, type SimulatorOptions } from './service/options.ts';
export type { CloudEventBody, EventBody } from './service/posted-events.ts';
export type * from './service/records.ts';

/** A running Call Automation service for development. */
export interface Simulator {
  /** The base URL, without a slash at the end. */
  readonly url: string;
  /** For clients: `endpoint=…/;accesskey=…`. */
  readonly connectionString: string;
  /** The immutable id of the simulated ACS resource. */
  readonly resourceId: string;
  /** A token as callbacks of today's API carry it. `claims` can make it invalid. */
  callbackToken(claims?: TokenClaims): Promise<string>;
  /** Signs callbacks with a new key from now on. The previous key stays published. */
  rotateKeys(): Promise<void>;
  /** Sets what people do when they are called. Adds to the earlier settings unless `replace` is true. */
  people(people: People): void;
  /** Sets the commands that the phone page shows for getting a call. `{number}` stands for the number of the page. */
  canBeCalled(...ways: WayToBeCalled[]): void;
  /** A copy of everything that has happened. */
  calls(): CallsReport;
  /** All requests to the operations, including refused ones. */
  requests(): RequestRecord[];
  /** Presses keys for the person in the call: `12#`. */
  press(callLegId: string, tones: string): void;
  /** Mutes or unmutes a person in the call. */
  mute(callLegId: string, participantId: string, isMuted: boolean): void;
  /** Replaces the faults. `{}` turns them all off. */
  faults(faults: Faults): void;
  /** Ends and discards everything at once, back to the state after the start. Sends no events. */
  reset(): void;
  /** Calls `listener` with every change, after it was recorded. Returns a function that unsubscribes. */
  subscribe(listener: (change: Change) => void): () => void;
  /**
   * Waits until `predicate` returns something other than false, null or undefined, and returns that. It runs at once
   * and after every change. Its arguments are live data, not copies: do not keep them.
   * @throws Error after `timeoutMs` (real time) that lists the calls so far.
   */
  waitFor<Value>(
    predicate: (calls: CallsReport, requests: readonly RequestRecord[]) => Value | false | null | undefined,
    timeoutMs?: number,
  ): Promise<Value>;
  /** Stops the simulator, and leaves nothing running. */
  close(): Promise<void>;
}

/**
 * Starts a simulator.
 * @throws Error that names the option if one is wrong, or with `code` EADDRINUSE if the port is in use.
 */
export async function startSimulator(given: SimulatorOptions = {}): Promise<Simulator> {
  const options = checked(Options, given, 'The simulator cannot start');
  const issuer = await CallbackIssuer.create(options.resourceId);
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change): void => {
    for (const listener of [...listeners]) listener(change);
  };
  const waysToBeCalled: WayToBeCalled[] = [];
  const reset = (): void => {
    current.world.close();
    current = begin();
  };
  const begin = () => {
    const world = new World(options, issuer, tell);
    return { world, exchange: new Exchange(world), waysToBeCalled, reset };
  };
  let current = begin();
  const server = createServer(() => current);
  const url = await listen(server, options);
  issuer.url = url;

  const subscribe = (listener: (change: Change) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return {
    url,
    connectionString: `endpoint=${url}/;accesskey=${options.key}`,
    resourceId: options.resourceId,
    callbackToken: (claims) => issuer.token(claims),
    rotateKeys: () => issuer.rotate(),
    people: (people) => current.world.behaviour.learn(checked(People, people)),
    canBeCalled: (...ways) => void waysToBeCalled.splice(0, waysToBeCalled.length, ...ways),
    calls: () => structuredClone(current.world.records.report),
    requests: () => structuredClone(current.world.records.requests),
    press: (callLegId, tones) => current.exchange.press(callLegId, checked(Tones, { tones }).tones),
    mute: (callLegId, participantId, isMuted) => current.exchange.mute(callLegId, participantId, isMuted),
    faults: (faults) => current.world.faults.set(checked(Faults, faults)),
    reset,
    subscribe,
    waitFor: (predicate, timeoutMs = 10_000) =>
      waitUntil(
        () => predicate(current.world.records.report, current.world.records.requests),
        subscribe,
        timeoutMs,
        () => summary(current.world.records.report),
      ),
    close: async () => {
      current.world.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, { host, port }: Options): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const listening = typeof address === 'object' && address ? address.port : port;
      resolve(`http://${reachable(host)}:${listening}`);
    });
  });
}

/** The host to use in URLs: loopback for "all addresses", brackets around IPv6. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Runs `ask` once for all changes of one turn of the event loop. */
function waitUntil<Value>(
  ask: () => Value | false | null | undefined,
  subscribe: (listener: () => void) => () => void,
  timeoutMs: number,
  soFar: () => string,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let isDue = false;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      act();
    };
    const look = (): void => {
      isDue = false;
      try {
        const value = ask();
        if (value !== false && value !== null && value !== undefined) settle(() => resolve(value));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(new Error(`The awaited state was not reached in ${timeoutMs} ms. Calls so far:\n${soFar()}`)),
        ),
      timeoutMs,
    );
    const unsubscribe = subscribe(() => {
      if (!isDue) queueMicrotask(look);
      isDue = true;
    });
    look();
  });
}

/** Lists the calls, for the error of a wait that timed out. */
const summary = ({ calls }: CallsReport): string =>
  calls
    .map((call) => {
      const people = call.people.map(({ identity, did, pressed }) => `${masked(identity)} ${did} ${pressed}`.trim());
      const events = call.events.map(({ type, status, event }) => `${type} ${stateOf(event.data)}(${status})`);
      return `  ${call.callLegId} ${call.state}: ${people.join(', ')}\n    ${events.join(', ')}`;
    })
    .join('\n') || '  no calls';

function stateOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const state = 'CallState' in data ? data.CallState : 'Status' in data ? data.Status : undefined;
  return typeof state === 'string' ? `${state} ` : '';
}
