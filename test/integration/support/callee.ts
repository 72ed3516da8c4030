import { expect } from 'vitest';
import { z } from 'zod';
import type { Simulator } from '../../../simulator/simulator.ts';
import { type Identifier, identityOf } from '../../../src/lib/call-automation/identifiers.ts';

/** The sample audio that a callee can hear. */
export type Heard = 'message' | 'thanks' | 'unavailable';

/**
 * A person with a phone: what they do when it rings, and what they should hear.
 * `callee().answers().hears('message').presses('1').hears('thanks')`
 */
export class Callee {
  readonly identifier: Identifier;
  readonly identity: string;
  /** How often the phone should have rung by the end of the test. */
  shouldRing = 1;
  readonly #simulator: Simulator;
  readonly #shouldHear: Heard[] = [];
  /** What they do in each call, in the simulator's language for people. */
  readonly #calls: string[] = [];

  constructor(identifier: Identifier, simulator: Simulator) {
    this.identifier = identifier;
    this.identity = identityOf(identifier);
    this.#simulator = simulator;
  }

  /** Answers the next call. The methods called after this one say what they do in it. */
  answers(): this {
    return this.#atNextCall('answers after 1 s');
  }

  isBusy(): this {
    return this.#atNextCall('busy');
  }

  doesNotAnswer(): this {
    return this.#atNextCall('no answer');
  }

  declines(): this {
    return this.#atNextCall('declines');
  }

  hasNoSuchNumber(): this {
    return this.#atNextCall('unknown number');
  }

  isVoicemail(): this {
    return this.#atNextCall('voicemail');
  }

  hears(audio: Heard): this {
    this.#shouldHear.push(audio);
    return this;
  }

  presses(key: string): this {
    return this.#andThen(`presses ${key} after 2 s`);
  }

  talks(): this {
    return this.#andThen('talks 10 s');
  }

  hangsUp(afterSeconds = 1): this {
    return this.#andThen(`hangs up after ${afterSeconds} s`);
  }

  stays(): this {
    return this.#andThen('stays');
  }

  /** Sets how often their phone should ring. Default: once for each call that has a behaviour. */
  rings(times: number): this {
    this.shouldRing = times;
    return this;
  }

  /** What was played in the calls to them, in order. */
  heard(): string[] {
    const legs = this.#simulator.calls().calls.filter(({ targets }) => targets.includes(this.identity));
    return this.#simulator
      .requests()
      .filter(({ operation, status }) => operation === 'playAudio' && status === 202)
      .filter(({ path }) => legs.some(({ callLegId }) => path.includes(callLegId)))
      .map(({ body }) => fileOf(body));
  }

  /** Checks that they heard what they should have heard. */
  expectHeard(): void {
    expect(this.heard()).toEqual(this.#shouldHear.map((audio) => `${audio}.wav`));
  }

  #atNextCall(behaviour: string): this {
    this.#calls.push(behaviour);
    this.shouldRing = this.#calls.length;
    return this.#tell();
  }

  #andThen(behaviour: string): this {
    this.#calls.push(`${this.#calls.pop()}, ${behaviour}`);
    return this.#tell();
  }

  #tell(): this {
    this.#simulator.people({ people: { [this.identity]: this.#calls } });
    return this;
  }
}

/** The file that a request plays, in the format of either API. */
const Playing = z.union([
  z.looseObject({ audioFileUri: z.string() }).transform(({ audioFileUri }) => audioFileUri),
  z
    .looseObject({ playSources: z.tuple([z.looseObject({ file: z.looseObject({ uri: z.string() }) })]) })
    .transform(({ playSources: [{ file }] }) => file.uri),
]);

const fileOf = (body: unknown): string => Playing.parse(body).split('/').at(-1) ?? 'nothing';
