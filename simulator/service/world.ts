import { AudioLibrary } from '../audio/library.ts';
import { Clock } from '../base/clock.ts';
import { HttpClient } from '../base/http-client.ts';
import { Behaviour } from '../people/behaviour.ts';
import type { Callee } from '../people/callee.ts';
import { readScript } from '../people/language.ts';
import { LivePhones } from '../people/live-phones.ts';
import { ScriptedCallee } from '../people/scripted-callee.ts';
import type { CallbackIssuer } from './callback-issuer.ts';
import { FaultBox } from './faults.ts';
import type { Options } from './options.ts';
import { type Change, type PersonRecord, Records } from './records.ts';
import { Repeatability } from './repeatability.ts';

/** All state that a reset discards. A closed world does nothing and sends nothing. */
export class World {
  readonly options: Options;
  readonly clock: Clock;
  readonly records: Records;
  readonly behaviour: Behaviour;
  readonly phones: LivePhones;
  readonly faults: FaultBox;
  readonly issuer: CallbackIssuer;
  readonly repeatability = new Repeatability();
  /** Who may use Teams Phone here, by object id: a Teams resource account, or a person. */
  readonly assignments: Map<string, 'teamsResourceAccount' | 'user'>;
  readonly http = new HttpClient();
  readonly audio = new AudioLibrary(this.http);

  /** @param issuer signs callbacks. It survives a reset. */
  constructor(options: Options, issuer: CallbackIssuer, tell: (change: Change) => void) {
    this.issuer = issuer;
    this.options = options;
    this.clock = new Clock(options.speed);
    this.assignments = new Map(Object.keys(options.resourceAccounts).map((id) => [id, 'teamsResourceAccount']));
    this.records = new Records((change) => {
      if (!this.http.closed) tell(change);
    });
    this.behaviour = new Behaviour(options.seed);
    this.phones = new LivePhones(this.clock, options);
    this.faults = new FaultBox(options.seed);
    if (options.people) this.behaviour.learn(options.people);
    if (options.faults) this.faults.set(options.faults);
  }

  /** Finds who answers a number: the person at the phone page that picked it, or else a simulated person. */
  callee(identity: string, role: PersonRecord['role']): Callee {
    const phone = this.phones.find(identity);
    if (phone && !phone.isInUse) return phone;
    const script = phone ? readScript('busy') : this.behaviour.next(identity);
    const { patienceMs } = this.options;
    return new ScriptedCallee(script, { timers: this.clock.timers(), patienceMs, leavesWhenAlone: role === 'invited' });
  }

  close(): void {
    this.http.close();
    this.phones.close();
    this.clock.stop();
  }
}
