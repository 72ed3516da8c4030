import path from 'node:path';
import type { CallEvent, Key } from '../../../src/lib/call-automation/events.ts';
import { type EventIdentifier, identityOf } from '../../../src/lib/call-automation/identifiers.ts';
import type { CallAction } from '../../../src/lib/rules/calls/actions.ts';
import { type CallLeg, newCallLeg } from '../../../src/lib/rules/calls/leg.ts';
import { CallScript } from '../../../src/lib/rules/calls/script.ts';
import { type CallPlan, step } from '../../../src/lib/rules/calls/step.ts';
import { recipientIdOf } from '../../fixtures/ids.ts';
import {
  audioEnded,
  type EventOf,
  endedWith,
  established,
  invited,
  LEG,
  phone,
  presentAre,
  type Result,
  tone,
  user,
} from './telephone-events.ts';

export const NOW = new Date('2026-01-05T08:00:00.000Z');

/** The app as a participant of the call. */
export const SOURCE = '8:acs:ringdown';
export const US = user(SOURCE);
export const CALLEE = phone('+14255550123');
export const OPERATOR = phone('+14255550199');

const audio = (name: string): string => `https://audio.example/${name}.wav`;

/** A script with every part. Each test replaces the parts that it is about. */
export function scriptWith(more: Partial<CallScript> = {}): CallScript {
  const script = {
    message: audio('message'),
    thanks: audio('thanks'),
    unavailable: audio('unavailable'),
    replays: 1,
    keyWaitSeconds: 5,
    operators: [{ phoneNumber: { value: '+14255550199' } }],
    ...more,
  };
  return CallScript.parse(script);
}

/** A new call with the given script, or with one that has every part. */
export const call = (script: CallScript | undefined = scriptWith()): PhoneCall => PhoneCall.of({ script });
export const callWithoutScript = (): PhoneCall => PhoneCall.of({});

/** An answered call: the message is playing. */
export const answeredCall = (script?: CallScript): PhoneCall => call(script).after(established);

/** A call whose operators' phones ring. */
export const callAskingForOperator = (script?: CallScript): PhoneCall =>
  answeredCall(script).presses('2').audioEnds('cancelled');

/** A call in which an operator and the callee talk. */
export const callWithOperator = (script?: CallScript): PhoneCall =>
  callAskingForOperator(script).operatorAnswers().withPresent(US, CALLEE, OPERATOR);

export const isCallee = (who: EventIdentifier): boolean => recipientIdOf(who) === recipientIdOf(CALLEE);

/** One call, as the step function sees it. Each method returns the call after an event; `asks` has its actions. */
export class PhoneCall {
  readonly leg: CallLeg;
  /** The actions that follow from the last event. */
  readonly actions: readonly CallAction[];
  /** Every action so far. */
  readonly allActions: readonly CallAction[];
  readonly #plan: CallPlan;
  readonly #events: number;

  private constructor(
    plan: CallPlan,
    leg: CallLeg,
    actions: readonly CallAction[],
    all: readonly CallAction[],
    n: number,
  ) {
    this.#plan = plan;
    this.leg = leg;
    this.actions = actions;
    this.allActions = all;
    this.#events = n;
  }

  static of(plan: CallPlan): PhoneCall {
    const recipientId = recipientIdOf(CALLEE);
    const purpose = { kind: 'attempt', outageId: 'storm', shard: 0, recipientId, attempt: 1 } as const;
    return new PhoneCall(plan, newCallLeg(LEG, purpose, NOW), [], [], 0);
  }

  get asks(): string[] {
    return this.actions.map(inWords);
  }

  after(...events: CallEvent[]): PhoneCall {
    return events.reduce((before: PhoneCall, event) => before.#step(event), this);
  }

  presses(...keys: Key[]): PhoneCall {
    return keys.reduce((before: PhoneCall, key) => before.after(tone(key, before.#events, before.#second)), this);
  }

  /** The audio in progress ends. */
  audioEnds(result: Result = 'completed'): PhoneCall {
    return this.after(audioEnded(result, this.leg.audio));
  }

  operatorAnswers(): PhoneCall {
    return this.after(invited('completed', this.leg.awaits, this.#second));
  }

  operatorDoesNotAnswer(): PhoneCall {
    return this.after(invited('failed', this.leg.awaits, this.#second));
  }

  withPresent(...who: EventOf<'ParticipantsUpdated'>['data']['participants'][number]['identifier'][]): PhoneCall {
    return this.after(presentAre(who, this.#second));
  }

  ends(code?: number): PhoneCall {
    return this.after(endedWith(code ?? 200));
  }

  /** Later than all events so far. */
  get #second(): number {
    return 100 + this.#events;
  }

  #step(event: CallEvent): PhoneCall {
    const { leg, actions } = step(this.leg, event, { isCallee, ...this.#plan }, NOW);
    return new PhoneCall(this.#plan, leg, actions, [...this.allActions, ...actions], this.#events + 1);
  }
}

/** `play message`, `cancel the audio`, `invite +14255550199`, `hang up`, `hang up after 5 s`. */
export function inWords({ queue, message, delaySeconds }: CallAction): string {
  switch (queue) {
    case 'play-audio':
      return message.speech
        ? `say ${message.speech.text}`
        : `play ${path.basename(message.audioFileUri ?? '', '.wav')}`;
    case 'cancel-media':
      return 'cancel the audio';
    case 'invite-participants':
      return `invite ${message.participants.map(identityOf).join(' and ')}`;
    case 'hang-up':
      return delaySeconds === undefined ? 'hang up' : `hang up after ${delaySeconds} s`;
  }
}

/** The operation context of an action. */
export const contextOf = ({ message }: CallAction): string => message.operationContext ?? '';
