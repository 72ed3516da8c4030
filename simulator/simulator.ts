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

/** A Call Automation service for development, running in this process. */
export interface Simulator {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** What a client is made with: `endpoint=…/;accesskey=…`. */
  readonly connectionString: string;
  /** The immutable id of the ACS resource that it stands for. */
  readonly resourceId: string;
  /** A token as callbacks of today's API carry it, or one with something wrong with it. */
  callbackToken(claims?: TokenClaims): Promise<string>;
  /** From now on callbacks are signed by another key; the one before is still published. */
  rotateKeys(): Promise<void>;
  /** Says who does what when they are called; added to what was said before unless `replace` is set. */
  people(people: People): void;
  /** What the phone page tells people to type to be called; in the commands, `{number}` stands for theirs. */
  canBeCalled(...ways: WayToBeCalled[]): void;
  /** Everything that has happened: a copy. */
  calls(): CallsReport;
  /** Every request to the nine operations, refused ones included. */
  requests(): RequestRecord[];
  /** The person in the call presses keys: `12#`. */
  press(callLegId: string, tones: string): void;
  /** A person in the call mutes or unmutes. */
  mute(callLegId: string, participantId: string, isMuted: boolean): void;
  /** What goes wrong from now on; `{}` puts everything right again. */
  faults(faults: Faults): void;
  /** Ends everything at once and forgets it: back to how it was started. Nobody is told. */
  reset(): void;
  /** Hears of every change, after it was written down. Gives what ends the subscription. */
  subscribe(listener: (change: Change) => void): () => void;
  /**
   * Waits until something is so: what `predicate` gives, once that is not false, null or undefined. It is asked
   * at once and after every change, with what happened so far (not a copy: not to be kept).
   */
  waitFor<Value>(
    predicate: (calls: CallsReport, requests: readonly RequestRecord[]) => Value | false | null | undefined,
    timeoutMs?: number,
  ): Promise<Value>;
  /** Ends everything and leaves nothing running. */
  close(): Promise<void>;
}

/**
 * Starts a simulator.
 * @throws Error where an option is wrong, naming it, or the port is in use (`code` EADDRINUSE).
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

/** Every address of the machine is reached by its own; an IPv6 address stands in brackets in a URL. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Asks once for all changes of one turn. */
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
      () => settle(() => reject(new Error(`It did not come to that in ${timeoutMs} ms. So far:\n${soFar()}`))),
      timeoutMs,
    );
    const unsubscribe = subscribe(() => {
      if (!isDue) queueMicrotask(look);
      isDue = true;
    });
    look();
  });
}

/** For the message of a wait that was in vain. */
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
