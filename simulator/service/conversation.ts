import { randomBytes, randomUUID } from 'node:crypto';
import type { Key } from '../../src/lib/call-automation/events.ts';
import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import type { Sound } from '../audio/sound.ts';
import type { Timers } from '../base/clock.ts';
import { timestamp } from '../base/clock.ts';
import { notNow } from '../base/refusal.ts';
import type { Result } from '../base/result.ts';
import type { Callee, Party } from '../people/callee.ts';
import type { Outcome } from '../people/script.ts';
import type { Present } from './news.ts';
import { REASONS } from './reasons.ts';
import type { CallRecord, PersonDid, PersonRecord } from './records.ts';
import type { World } from './world.ts';

/** A call leg as a conversation sees it: the part of one application. */
export interface Member {
  readonly id: string;
  readonly participantId: string;
  readonly record: CallRecord;
  readonly isEstablished: boolean;
  readonly asParticipant: Present;
  /** Leaves the conversation. */
  end(reason?: Result): void;
  /** Somebody in the conversation has pressed a key. */
  pressed(key: Key, by: Identifier): void;
  /** The people in the conversation have changed. */
  seesPeople(participants: readonly Present[]): void;
}

/** A person whose telephone rings, and what to do when the ringing ends. */
export type Ringing = {
  readonly identifier: Identifier;
  readonly role: PersonRecord['role'];
  /** The leg whose record lists the person. */
  readonly leg: Member;
  answered(): void;
  failed(reason: Result): void;
};

type Ring = Ringing & { readonly record: PersonRecord; readonly callee: Callee };
type Guest = Present & { readonly party: Party; readonly record: PersonRecord; readonly leg: Member };

/** How much longer than the sound a real listener may take: the voice in their browser may be slow. */
const SLOWEST = 1.5;

/**
 * Connects call legs of applications with people. A conversation made by createCall ends when no person is left in it.
 * A conversation made by joinCall is a group call, which waits for people. Both end when the last application leaves.
 */
export class Conversation {
  readonly id = Buffer.from(
    `https://conv.simulator.invalid/conv/${randomBytes(16).toString('base64url')}?i=1&e=${Date.now()}`,
  ).toString('base64url');
  readonly #world: World;
  readonly #endsWithoutPeople: boolean;
  readonly #over: () => void;
  readonly #legs = new Set<Member>();
  readonly #guests = new Map<string, Guest>();
  readonly #rings = new Set<Ring>();
  readonly #sounding = new Set<Sound>();

  constructor(world: World, { endsWithoutPeople, over }: { endsWithoutPeople: boolean; over: () => void }) {
    this.#world = world;
    this.#endsWithoutPeople = endsWithoutPeople;
    this.#over = over;
  }

  /** The application leg that joined first. */
  get oldestLeg(): Member | undefined {
    return [...this.#legs][0];
  }

  enter(leg: Member): void {
    this.#legs.add(leg);
  }

  /** Ends the conversation for everyone. */
  terminate(): void {
    for (const leg of [...this.#legs]) leg.end();
  }

  /** Removes a leg. The conversation closes when the last one has left. */
  left(leg: Member): void {
    this.#legs.delete(leg);
    if (this.#legs.size > 0) this.update();
    else this.#close();
  }

  /** Rings a person's telephone. */
  ring(ringing: Ringing): void {
    const identity = identityOf(ringing.identifier);
    const callee = this.#world.callee(identity, ringing.role);
    const record = newRecord(identity, ringing.role, callee.does);
    const ring: Ring = { ...ringing, record, callee };
    const { callerNumber, source, subject } = ringing.leg.record;
    ringing.leg.record.people.push(record);
    this.#rings.add(ring);
    this.#note(ring, 'rings');
    callee.ring({ identity: callerNumber ?? source, subject }, (outcome) => {
      if (outcome === 'answers') this.#admit(ring);
      else this.#ended(ring, outcome);
    });
  }

  /** Removes a person or an application by their id from ParticipantsUpdated. */
  remove(participantId: string): void {
    const guest = this.#guests.get(participantId);
    const leg = [...this.#legs].find((candidate) => candidate.participantId === participantId);
    if (guest) this.#leave(guest);
    else if (leg) leg.end();
    else throw notNow('ParticipantNotFound', `The call has no participant ${participantId}`);
  }

  /** The participant id of a person, or undefined if they are not in the conversation. */
  participantIdOf(identity: string): string | undefined {
    const guest = [...this.#guests.values()].find(({ identifier }) => identityOf(identifier) === identity);
    return guest?.participantId;
  }

  /** Presses keys for the person who joined first. */
  press(keys: readonly Key[]): void {
    const [guest] = this.#guests.values();
    if (!guest) throw notNow('NobodyThere', 'No person is in the call to press a key');
    for (const key of keys) this.#press(guest, key);
  }

  mute(participantId: string, isMuted: boolean): void {
    const guest = this.#guests.get(participantId);
    if (!guest) throw notNow('ParticipantNotFound', `The call has no participant ${participantId}`);
    guest.isMuted = isMuted;
    this.update();
  }

  soundBegins(sound: Sound): void {
    this.#sounding.add(sound);
    this.#letHear();
  }

  soundEnds(sound: Sound): void {
    this.#sounding.delete(sound);
    this.#letHear();
  }

  /** Resolves when a sound has ended: after its duration, or when a real listener has heard it all. */
  heard(sound: Sound, timers: Timers): Promise<void> {
    const isReal = [...this.#guests.values()].some(({ party }) => party.isReal);
    if (!isReal) return timers.sleep(sound.seconds);
    return Promise.race([sound.untilHeard(), timers.sleep(0, sound.seconds * 1000 * SLOWEST)]);
  }

  /** Tells every application and person who is in the conversation now. */
  update(): void {
    const present: Present[] = [
      ...[...this.#legs].filter((leg) => leg.isEstablished).map((leg) => leg.asParticipant),
      ...this.#guests.values(),
    ];
    for (const leg of this.#legs) leg.seesPeople(present);
    for (const { party } of this.#guests.values()) party.isWith(this.#guests.size - 1);
  }

  #close(): void {
    this.#over();
    for (const ring of [...this.#rings]) this.#ended(ring, 'cancelled');
    for (const guest of [...this.#guests.values()]) this.#seeOff(guest);
  }

  #admit(ring: Ring): void {
    const { identifier, leg, record, callee } = ring;
    this.#rings.delete(ring);
    const participantId = randomUUID();
    const party = callee.answer({
      press: (key) => this.#press(guest, key),
      mute: (isMuted) => this.mute(participantId, isMuted),
      hangUp: () => this.#leave(guest),
    });
    const guest: Guest = { identifier, participantId, isMuted: false, party, record, leg };
    this.#guests.set(participantId, guest);
    record.participantId = participantId;
    record.answeredAt = timestamp();
    this.#note(ring, 'answered');
    ring.answered();
    party.hear(this.#sounding);
    this.update();
    party.begin();
  }

  #letHear(): void {
    for (const { party } of this.#guests.values()) party.hear(this.#sounding);
  }

  /** The ringing has ended without an answer. */
  #ended(ring: Ring, how: Exclude<Outcome, 'answers'> | 'cancelled'): void {
    this.#rings.delete(ring);
    ring.callee.silence();
    this.#note(ring, how);
    ring.failed(REASONS[how]);
    this.#endIfAbandoned(REASONS[how]);
  }

  #press(guest: Guest, key: Key): void {
    guest.record.pressed += key;
    for (const leg of this.#legs) leg.pressed(key, guest.identifier);
  }

  #leave(guest: Guest): void {
    this.#seeOff(guest);
    this.update();
    this.#endIfAbandoned(REASONS.cancelled);
  }

  #seeOff(guest: Guest): void {
    this.#guests.delete(guest.participantId);
    guest.party.end();
    guest.record.leftAt = timestamp();
    this.#note(guest, 'left');
  }

  /** Does not wait for invited people: the person whom they were invited to talk to has gone. */
  #endIfAbandoned(reason: Result): void {
    const isAwaited = [...this.#rings].some((ring) => ring.role === 'called');
    if (!this.#endsWithoutPeople || this.#guests.size > 0 || isAwaited) return;
    for (const leg of [...this.#legs]) leg.end(reason);
  }

  #note({ record, leg }: { record: PersonRecord; leg: Member }, did: PersonDid): void {
    record.did = did;
    this.#world.records.changed({ what: 'person', callLegId: leg.id, identity: record.identity, did });
  }
}

const newRecord = (identity: string, role: PersonRecord['role'], does: string): PersonRecord => ({
  identity,
  role,
  does,
  did: 'rings',
  rangAt: timestamp(),
  answeredAt: null,
  leftAt: null,
  participantId: null,
  pressed: '',
});
