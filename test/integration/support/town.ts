import { fileURLToPath } from 'node:url';
import { QueueClient } from '@azure/storage-queue';
import { expect } from 'vitest';
import { type Api, TELEPHONES } from '../../../local/api-flag.ts';
import { management } from '../../../local/management.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack.ts';
import type { CallRecord } from '../../../simulator/simulator.ts';
import type { CallScript } from '../../../src/lib/rules/calls/script.ts';
import type { OutageSpec } from '../../../src/lib/rules/outages/outage.ts';
import type { Recipient } from '../../../src/lib/rules/outages/recipient.ts';
import { shardOf } from '../../../src/lib/rules/outages/shard.ts';
import { AzureTables } from '../../../src/lib/storage/azure-tables.ts';
import { CallLegs } from '../../../src/lib/storage/call-legs.ts';
import type { QueueName } from '../../../src/lib/storage/queue-store.ts';
import { Recipients } from '../../../src/lib/storage/recipients.ts';
import type { CallView } from '../../../src/lib/views/call-view.ts';
import type { OutageView } from '../../../src/lib/views/outage-view.ts';
import { IDS, recipientIdOf } from '../../fixtures/ids.ts';
import { Callee, type Heard } from './callee.ts';
import { eventually } from './eventually.ts';

const SHARDS = 2;

/** What a test can change about its outage. */
export type Declared = Partial<Omit<OutageSpec, 'script'>> & { readonly script?: Partial<CallScript> };

/** How a town is called by default. vitest.config.ts runs the shared tests with each. */
export const API: Api = TELEPHONES.find((api) => api === process.env['TOWN_API']) ?? '2021-04-15-preview1';

/** Caller numbers, one for each outage that declares its own. */
const CALLER_NUMBERS = Array.from({ length: 40 }, (_, index) => `+1${700 + index}5550199`);

/** Operations that only today's API needs. */
const PREPARATIONS: ReadonlySet<string> = new Set(['getCall', 'listen']);

const QUICK_APP = fileURLToPath(new URL('../../fixtures/quick-app.ts', import.meta.url));

/**
 * A town with a telephone service, and Ringdown to call its people: the whole app on the local runtime, real Azurite,
 * the real simulator. Simulated time runs twenty times faster; the app's own does not.
 */
export class Town {
  readonly stack: Stack;
  readonly api: Api;
  readonly #manage: ReturnType<typeof management>;
  readonly #recipients: Recipients;
  readonly #legs: CallLegs;
  readonly #callees: Callee[] = [];
  #numbers = 0;
  #callerNumbers = 0;

  private constructor(stack: Stack, api: Api) {
    this.stack = stack;
    this.api = api;
    this.#manage = management(stack);
    const tables = new AzureTables({ connectionString: stack.storage });
    this.#recipients = new Recipients(tables);
    this.#legs = new CallLegs(tables, IDS.digestOf);
  }

  /** Like `found`, with leases of seconds, so that the timer checks silent calls within the test. */
  static quick(leaseSeconds: number, options: StackOptions = {}): Promise<Town> {
    const settings = { ...options.settings, QUICK_LEASE_SECONDS: String(leaseSeconds) };
    return Town.found({ ...options, settings, app: QUICK_APP });
  }

  /** @param options with `lines`: how many lines the app believes each caller number to have. */
  static async found(options: StackOptions & { readonly lines?: number } = {}): Promise<Town> {
    const { api = API, lines = options.simulator?.callsPerNumber ?? 2 } = options;
    // Calls by hand take the first with a free line.
    const callers = ['+14255550190:2', '+14255550191:2', ...CALLER_NUMBERS.map((number) => `${number}:${lines}`)];
    const settings = { CALLER_NUMBERS: callers.join(), ...options.settings };
    return new Town(
      await startStack({ ...options, settings, api, simulator: { speed: 20, ...options.simulator } }),
      api,
    );
  }

  close(): Promise<void> {
    return this.stack.stop();
  }

  /** A person with a phone. Each has a new fictional number (555-01xx). */
  callee(): Callee {
    const index = this.#numbers++;
    const number = `+1${301 + Math.floor(index / 90)}55501${String(index % 90).padStart(2, '0')}`;
    return this.#registered(new Callee({ phoneNumber: { value: number } }, this.stack.simulator));
  }

  /** Today's API, whoever calls. */
  get isGa(): boolean {
    return this.api !== '2021-04-15-preview1';
  }

  /** A person with an ACS user id, such as an operator. A Teams resource account calls phones only: then they have one. */
  user(name: string): Callee {
    if (this.api === 'tpe') return this.callee();
    return this.#registered(new Callee({ communicationUser: { id: `8:acs:town_${name}` } }, this.stack.simulator));
  }

  #registered(callee: Callee): Callee {
    this.#callees.push(callee);
    return callee;
  }

  /** A caller number that no other outage in the town declares. */
  callerNumber(): string {
    const number = CALLER_NUMBERS[this.#callerNumbers++];
    if (number === undefined) throw new Error('The town has no more caller numbers');
    return number;
  }

  /** The operations of a call that both APIs have. */
  operationsIn({ operations }: CallRecord): string[] {
    return operations.map(({ operation }) => operation).filter((operation) => !PREPARATIONS.has(operation));
  }

  /** The participant id of a person in a call. */
  participantIdOf({ identity }: Callee): string {
    const people = this.stack.simulator.calls().calls.flatMap((call) => call.people);
    const person = people.find((candidate) => candidate.identity === identity && candidate.participantId !== null);
    const rawId = identity.startsWith('+') ? `4:${identity}` : identity;
    return this.isGa ? rawId : (person?.participantId ?? '');
  }

  /** The URL of a sample audio. */
  audio(name: Heard): string {
    return `${this.stack.simulator.url}/simulator/audio/${name}.wav`;
  }

  /** Declares and launches an outage for these people, who may be called at once. */
  async declare(callees: readonly Callee[], declared: Declared = {}): Promise<Outage> {
    const { script, ...rest } = declared;
    const { id } = await this.#manage.declare({
      title: 'Power cut',
      launch: true,
      callers: [{ number: this.callerNumber(), lines: 2 }],
      retry: { maxAttempts: 2, delaySeconds: { busy: 1, noAnswer: 1, failed: 1, unknown: 1 } },
      shards: SHARDS,
      ...rest,
      script: {
        message: this.audio('message'),
        thanks: this.audio('thanks'),
        replays: 0,
        keyWaitSeconds: 1,
        ...script,
      },
    });
    const outage = new Outage(id, this, callees);
    await outage.add(['phone', ...callees.map(({ identity }) => identity)].join('\n'));
    return outage;
  }

  importCsv(outageId: string, csv: string) {
    return this.#manage.importCsv(outageId, csv);
  }

  importWorkbook(outageId: string, workbook: Uint8Array<ArrayBuffer>) {
    return this.#manage.importWorkbook(outageId, workbook);
  }

  view(outageId: string): Promise<OutageView> {
    return this.#manage.view(outageId);
  }

  /** Everything that the tables contain about a call, more than the API shows. */
  async record(callLegId: string) {
    const { leg, ...rest } = await this.#legs.timeline(callLegId);
    if (!leg) throw new Error(`There is no record of ${callLegId}`);
    return { leg, ...rest };
  }

  call(callLegId: string): Promise<CallView> {
    return this.#manage.call(callLegId);
  }

  /** Runs the timer's function now. */
  async tick(): Promise<void> {
    const response = await fetch(`${this.stack.url}/admin/functions/notifyOutages`, {
      method: 'POST',
      headers: { 'x-functions-key': this.stack.adminKey, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(202);
  }

  queue(name: QueueName | `${QueueName}-poison`): QueueClient {
    return new QueueClient(this.stack.storage, name);
  }

  /** Puts a message on a queue by hand, as typed. */
  async enqueue(queue: QueueName, message: object | string): Promise<void> {
    const client = this.queue(queue);
    await client.createIfNotExists();
    await client.sendMessage(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async recipient(outageId: string, callee: Callee): Promise<Recipient | undefined> {
    const recipientId = recipientIdOf(callee.identifier);
    const stored = await this.#recipients.find({
      ...shardOf({ id: outageId, shards: SHARDS }, recipientId),
      recipientId,
    });
    return stored?.recipient;
  }

  /** Waits until exactly these audios have been requested for the person. The last one may still play. */
  async hears(callee: Callee, ...audio: Heard[]): Promise<void> {
    const expected = audio.map((name) => `${name}.wav`).join();
    await this.stack.simulator.waitFor(() => callee.heard().join() === expected, 20_000);
  }

  /** Makes the person in the call press keys now. */
  press(callee: Callee, keys: string): void {
    this.stack.simulator.press(this.callsTo(callee).at(-1)?.callLegId ?? '', keys);
  }

  /** The calls that rang this person, in order. */
  callsTo({ identity }: Callee): CallRecord[] {
    return this.stack.simulator
      .calls()
      .calls.filter(({ people }) => people.some((person) => person.identity === identity));
  }

  /** Checks that only the phones of the town's people rang, and each as often as it should. */
  nothingElseRang(): void {
    const { created, invited } = this.stack.simulator.calls();
    const rang = Object.fromEntries(Object.entries(created).filter(([, times]) => times > 0));
    const expected = this.#callees.filter(({ shouldRing }) => shouldRing > 0);
    for (const [identity, times] of Object.entries(invited)) rang[identity] = (rang[identity] ?? 0) + times;
    expect(rang).toEqual(Object.fromEntries(expected.map(({ identity, shouldRing }) => [identity, shouldRing])));
  }
}

/** An outage that was declared in the town. */
export class Outage {
  readonly id: string;
  readonly #town: Town;
  readonly #callees: readonly Callee[];

  constructor(id: string, town: Town, callees: readonly Callee[]) {
    this.id = id;
    this.#town = town;
    this.#callees = callees;
  }

  async add(csv: string) {
    return this.#town.importCsv(this.id, csv);
  }

  /** Runs the outage until everybody on its list has an outcome. */
  async run(): Promise<this> {
    await this.#town.tick();
    await this.ended();
    return this;
  }

  /** Waits until everybody has an outcome. Retries need the timer, so it runs meanwhile. */
  async ended(timeoutMs?: number): Promise<void> {
    await eventually(async () => {
      const { recipients, states } = await this.#town.view(this.id);
      if (states.done < recipients) await this.#town.tick();
      expect(`${states.done} of ${recipients} have an outcome`).toBe(`${recipients} of ${recipients} have an outcome`);
    }, timeoutMs);
  }

  /** Checks that the person is done with this outcome, and heard what they should, in order. */
  async expectOutcome(callee: Callee, outcome: string): Promise<Recipient> {
    const recipient = await this.#town.recipient(this.id, callee);
    expect(recipient?.outcome).toBe(outcome);
    expect(recipient?.phase).toBe('done');
    expect(recipient?.dueRow).toBeUndefined();
    callee.expectHeard();
    if (!recipient) throw new Error('unreachable: the outcome was just compared');
    return recipient;
  }

  get callees(): readonly Callee[] {
    return this.#callees;
  }
}
