import { AudioLibrary } from './audio.ts';
import { Behaviour } from './behaviour.ts';
import type { CallbackIssuer } from './callback-issuer.ts';
import { Clock } from './clock.ts';
import { FaultBox } from './faults.ts';
import { HttpClient } from './http-client.ts';
import type { Options } from './options.ts';
import { type Change, Records } from './records.ts';
import { Repeatability } from './repeatability.ts';

/** Everything that a reset forgets. A closed world does nothing any more and tells nobody. */
export class World {
  readonly options: Options;
  readonly clock: Clock;
  readonly records: Records;
  readonly behaviour: Behaviour;
  readonly faults: FaultBox;
  readonly issuer: CallbackIssuer;
  readonly repeatability = new Repeatability();
  readonly http = new HttpClient();
  readonly audio = new AudioLibrary(this.http);

  /** @param issuer signs callbacks; it stays the same when all else is forgotten. */
  constructor(options: Options, issuer: CallbackIssuer, tell: (change: Change) => void) {
    this.issuer = issuer;
    this.options = options;
    this.clock = new Clock(options.speed);
    this.records = new Records((change) => {
      if (!this.http.closed) tell(change);
    });
    this.behaviour = new Behaviour(options.seed);
    this.faults = new FaultBox(options.seed);
    if (options.people) this.behaviour.learn(options.people);
    if (options.faults) this.faults.set(options.faults);
  }

  close(): void {
    this.http.close();
    this.clock.stop();
  }
}
