import { describe, expect, it } from 'vitest';
import { endingOf, SILENT, WRONG_NUMBER } from '../../src/lib/rules/calls/endings.ts';
import { step } from '../../src/lib/rules/calls/step.ts';
import {
  answeredCall,
  call,
  callWithOperator,
  callWithoutScript,
  inWords,
  NOW,
  PhoneCall,
  scriptWith,
} from './support/phone-call.ts';
import {
  at,
  audioBegan,
  endedWith,
  established,
  establishing,
  stateIs,
  terminated,
  terminating,
} from './support/telephone-events.ts';

describe('a call that nobody answered', () => {
  it.each([
    [486, 'busy', undefined],
    [603, 'declined', undefined],
    [480, 'noAnswer', undefined],
    [408, 'noAnswer', undefined],
    [487, 'noAnswer', undefined],
    [404, 'failed', WRONG_NUMBER],
    [484, 'failed', WRONG_NUMBER],
    [200, 'noAnswer', undefined],
    [0, 'noAnswer', undefined],
    [500, 'failed', 'code 500/0'],
  ] as const)('and ended with %i was %s', (code, outcome, reason) => {
    const { leg, asks } = call().after(establishing, endedWith(code));
    expect({ outcome: leg.outcome, reason: leg.reason }).toEqual({ outcome, reason });
    expect(asks).toEqual([]);
    expect(leg.codes).toBe(`${code}/0`);
  });

  it('and ended without a reason counts as noAnswer', () => {
    expect(call().after(establishing, terminating, terminated).leg).toMatchObject({
      state: 'terminated',
      stage: 'ended',
      outcome: 'noAnswer',
      answered: false,
    });
  });

  it('and ended for an unknown reason keeps both codes', () => {
    expect(endingOf({ means: 'failed', code: '503/560503' })).toEqual({ outcome: 'failed', reason: 'code 503/560503' });
  });
});

describe('a call that was answered', () => {
  it.each([200, 404, 486, 487, 500])('stays answered, whatever code its end has: %i', (code) => {
    const ended = answeredCall().after(audioBegan('message-1'), endedWith(code));
    expect(ended.leg).toMatchObject({ outcome: 'answered', state: 'terminated' });
    expect(ended.leg.reason).toBeUndefined();
  });

  it('and ended before the end of the message is answered, not heard', () => {
    expect(answeredCall().after(audioBegan('message-1')).ends().leg.outcome).toBe('answered');
  });

  it('and ended in silence has failed, because nobody was told', () => {
    expect(answeredCall().ends().leg).toMatchObject({ answered: true, outcome: 'failed', reason: SILENT });
  });

  it('and ended while audio was cancelled that never began has failed', () => {
    const ring = PhoneCall.of({ script: scriptWith(), reportsAudioStart: true });
    const ended = ring.after(established).audioEnds('cancelled').ends();
    expect(ended.leg).toMatchObject({ outcome: 'failed', reason: SILENT });
  });

  it('and ended after a key is answered, because a key is evidence of audio', () => {
    expect(answeredCall().presses('5').ends().leg.outcome).toBe('answered');
  });

  it('and ended after the service accepted the audio is answered, for a service that reports no start of audio', () => {
    const { leg } = answeredCall();
    const ended = step(leg, terminated, { script: scriptWith(), isAudioAccepted: true }, NOW);
    expect(ended.leg.outcome).toBe('answered');
  });

  it('and ended in silence is answered after all if the start of audio is reported late', () => {
    const late = answeredCall().ends().after(audioBegan('message-1')).leg;
    expect(late).toMatchObject({ outcome: 'answered' });
    expect(late.reason).toBeUndefined();
  });

  it('without a script has nothing to prove', () => {
    expect(callWithoutScript().after(established).ends().leg.outcome).toBe('answered');
  });

  it('and ended after the message without a key is heard', () => {
    expect(answeredCall().audioEnds().ends().leg.outcome).toBe('heard');
  });

  it('and ended while the operator talked is connected', () => {
    expect(callWithOperator().ends().leg.outcome).toBe('connected');
  });

  it('waits for nothing once it is over', () => {
    expect(answeredCall().ends().leg.awaits).toBeUndefined();
  });

  it('has the end time that the service reports', () => {
    expect(answeredCall().after(stateIs('terminated', undefined, 90)).leg.endedAt).toBe(at(90));
  });
});

describe('states that arrive in the wrong order', () => {
  it('a late Establishing does not make the phone ring again', () => {
    const late = answeredCall().after(establishing);
    expect(late.leg).toMatchObject({ state: 'established', stage: 'message' });
    expect(late.asks).toEqual([]);
  });

  it('a late Established after the end plays nothing, and tells nobody', () => {
    const late = call().after(terminated, established);
    expect(late.asks).toEqual([]);
    expect(late.leg).toMatchObject({ state: 'terminated', stage: 'ended', answered: true, outcome: 'noAnswer' });
  });

  it('a late Established after Terminating plays nothing, because the call is ending', () => {
    expect(call().after(terminating, established).asks).toEqual([]);
    expect(call().after(terminating, established).ends().leg).toMatchObject({ outcome: 'failed', reason: SILENT });
  });

  it('a late Terminating does not bring a call back', () => {
    expect(answeredCall().ends().after(terminating).leg.state).toBe('terminated');
  });

  it('a second Terminated does not change how the call ended', () => {
    expect(call().after(endedWith(486), endedWith(480)).leg.outcome).toBe('busy');
  });
});

describe('a call that is over', () => {
  it('requests nothing more, whatever events still arrive', () => {
    const over = answeredCall(scriptWith({ replays: 3 })).ends();
    const after = over.presses('1', '2', '9', '*').audioEnds().operatorDoesNotAnswer().withPresent().after(established);
    expect(after.allActions.map(inWords)).toEqual(['play message']);
    expect(after.leg.state).toBe('terminated');
  });
});
