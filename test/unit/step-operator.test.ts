import { describe, expect, it } from 'vitest';
import type { EventIdentifier } from '../../src/lib/call-automation/identifiers.ts';
import { identityOfEvent } from '../fixtures/ids.ts';
import {
  answeredCall,
  CALLEE,
  callAskingForOperator,
  callWithOperator,
  inWords,
  OPERATOR,
  scriptWith,
  US,
} from './support/phone-call.ts';
import { at, invited, presentAre, tone, user } from './support/telephone-events.ts';

describe('asking for the operator', () => {
  it('while the message plays cancels it first', () => {
    const pressed = answeredCall().presses('2');
    expect(pressed.asks).toEqual(['cancel the audio']);
    expect(pressed.leg).toMatchObject({ stage: 'cancelling', next: 'operator' });
    expect(pressed.audioEnds('cancelled').asks).toEqual(['invite +14255550199']);
  });

  it('rings every operator of the script', () => {
    const script = scriptWith({
      operators: [{ phoneNumber: { value: '+14255550199' } }, { communicationUser: { id: '8:acs:bob' } }],
    });
    expect(callAskingForOperator(script).asks).toEqual(['invite +14255550199 and 8:acs:bob']);
  });

  it('is not an acknowledgement', () => {
    expect(callAskingForOperator().leg.outcome).toBeUndefined();
  });

  it('means nothing if the script has no operator: the message continues', () => {
    const pressed = answeredCall(scriptWith({ operators: [] })).presses('2');
    expect(pressed.asks).toEqual([]);
    expect(pressed.leg.stage).toBe('message');
  });

  it('twice while the phones ring does not ring them twice', () => {
    expect(callAskingForOperator().presses('2').asks).toEqual([]);
  });

  it.each(['notStarted', 'running'] as const)('keeps waiting while the invitation is %s', (status) => {
    const ringing = callAskingForOperator();
    const { asks, leg } = ringing.after(invited(status, ringing.leg.awaits));
    expect(asks).toEqual([]);
    expect(leg.stage).toBe('inviting');
  });
});

describe('several operators whose answers arrive one by one', () => {
  const BOB = '8:acs:bob';
  const script = scriptWith({
    operators: [{ phoneNumber: { value: '+14255550199' } }, { communicationUser: { id: BOB } }],
  });
  const ringing = callAskingForOperator(script);
  const refuses = (who: EventIdentifier) => ({
    ...invited('failed', ringing.leg.awaits),
    data: { ...invited('failed', ringing.leg.awaits).data, participants: [who] },
  });

  it('are waited for until the last has refused', () => {
    const once = ringing.after(refuses(OPERATOR));
    expect(once.asks).toEqual([]);
    expect(once.leg.stage).toBe('inviting');
    expect(once.after(refuses(user(BOB))).asks).toEqual(['play unavailable']);
  });

  it('have not all refused if one of them refused twice', () => {
    expect(ringing.after(refuses(OPERATOR), refuses(OPERATOR)).leg.stage).toBe('inviting');
  });

  it('may refuse again at the next invitation', () => {
    const again = ringing
      .after(refuses(OPERATOR), refuses(user(BOB)))
      .presses('2')
      .audioEnds('cancelled');
    expect(again.leg).toMatchObject({ stage: 'inviting', refusedBy: [] });
  });

  it('give two events if both refuse', () => {
    const [one, other] = [refuses(OPERATOR), refuses(user(BOB))].map(identityOfEvent);
    expect(one).not.toBe(other);
  });

  it('may answer after another has refused', () => {
    const answered = ringing.after(refuses(OPERATOR)).after(invited('completed', ringing.leg.awaits));
    expect(answered.leg).toMatchObject({ stage: 'talking', outcome: 'connected' });
  });
});

describe('the participant list, if the service numbers it,', () => {
  const numbered = (sequence: number, second: number, ...who: EventIdentifier[]) => {
    const event = presentAre(who, second);
    return { ...event, data: { ...event.data, sequence } };
  };

  it('is the one with the highest number, whatever its time', () => {
    const talking = callAskingForOperator().after(numbered(7, 50, US, CALLEE, OPERATOR));
    expect(talking.leg.stage).toBe('talking');
    expect(talking.after(numbered(6, 60, US, CALLEE)).asks).toEqual([]);
    expect(talking.after(numbered(8, 55, US, CALLEE)).asks).toEqual(['hang up']);
  });

  it('is ignored if it is from before the operator joined', () => {
    const talking = callAskingForOperator()
      .after(numbered(6, 20, US, CALLEE))
      .operatorAnswers();
    expect(talking.after(numbered(7, 25, US, CALLEE)).asks).toEqual([]);
  });

  it('may contain us under an identifier that we do not know', () => {
    const talking = callAskingForOperator().after(numbered(7, 50, user('8:acs:somebody'), CALLEE, OPERATOR));
    expect(talking.after(numbered(8, 55, user('8:acs:somebody'), OPERATOR)).asks).toEqual(['hang up']);
  });
});

describe('an operator who answers', () => {
  it('may talk for as long as they like', () => {
    const talking = callAskingForOperator().operatorAnswers();
    expect(talking.asks).toEqual([]);
    expect(talking.leg).toMatchObject({ stage: 'talking', outcome: 'connected' });
    expect(talking.leg.awaits).toBeUndefined();
  });

  it('is not affected by keys, which may be the operator’s own', () => {
    const pressed = callWithOperator().presses('*', '2', '1', '9');
    expect(pressed.allActions.map(inWords).slice(-1)).toEqual(['invite +14255550199']);
    expect(pressed.leg).toMatchObject({ stage: 'talking', outcome: 'connected' });
    expect(pressed.leg.optOut).toBeFalsy();
  });

  it('does not cancel a key that was pressed before they joined, even if its event arrives later', () => {
    const late = callWithOperator().after(tone('1', 9, 2));
    expect(late.leg).toMatchObject({ stage: 'talking', outcome: 'acknowledged' });
  });

  it('and leaves first does not leave the callee alone in the call', () => {
    const parted = callWithOperator().withPresent(US, CALLEE);
    expect(parted.asks).toEqual(['hang up']);
    expect(parted.ends().leg.outcome).toBe('connected');
  });

  it('is not kept waiting when the callee leaves first', () => {
    expect(callWithOperator().withPresent(US, OPERATOR).asks).toEqual(['hang up']);
  });

  it('and leaves together with the callee needs one hang-up, not two', () => {
    const parted = callWithOperator().withPresent(US).withPresent();
    expect(parted.allActions.map(inWords).filter((asked) => asked === 'hang up')).toHaveLength(1);
  });

  it('may be joined by others', () => {
    expect(callWithOperator().withPresent(US, CALLEE, OPERATOR, user('8:acs:supervisor')).asks).toEqual([]);
  });

  it('counts even if the participant list does not contain the app', () => {
    expect(callWithOperator().withPresent(CALLEE, OPERATOR).asks).toEqual([]);
  });
});

describe('a participant list', () => {
  it('that is older than the latest one is ignored', () => {
    const stale = callWithOperator().after(presentAre([US, CALLEE], 1));
    expect(stale.asks).toEqual([]);
    expect(stale.leg.stage).toBe('talking');
  });

  it('from before the operator joined does not end the call, even if it arrives later', () => {
    const joined = callAskingForOperator().operatorAnswers();
    expect(joined.after(presentAre([US, CALLEE], 2)).asks).toEqual([]);
  });

  it('requests nothing before anybody was invited', () => {
    const { asks, leg } = answeredCall().after(presentAre([US, CALLEE], 6));
    expect(asks).toEqual([]);
    expect(leg).toMatchObject({ stage: 'message', participantsAt: at(6) });
  });
});

describe('of several operators', () => {
  it('one who answers after another has declined still joins', () => {
    const told = callAskingForOperator().operatorDoesNotAnswer();
    const joined = told.after(invited('completed', told.leg.invitation));
    expect(joined.leg).toMatchObject({ stage: 'talking', outcome: 'connected' });
    expect(joined.audioEnds().asks).toEqual([]);
  });
});

describe('a participant list that arrives before the invitation’s result', () => {
  it('and shows that the operator left ends the call, which would otherwise wait for ever', () => {
    const asking = callAskingForOperator();
    const together = asking.after(presentAre([US, CALLEE, OPERATOR], 31));
    expect(together.leg).toMatchObject({ stage: 'talking', outcome: 'connected' });
    const parted = together.after(presentAre([US, CALLEE], 50));
    expect(parted.asks).toEqual(['hang up']);
    expect(parted.after(invited('completed', asking.leg.invitation)).asks).toEqual([]);
  });

  it('and shows only that the operator left ends the call once the result arrives', () => {
    const asking = callAskingForOperator();
    const late = asking.after(presentAre([US, CALLEE], 50)).after(invited('completed', asking.leg.invitation));
    expect(late.asks).toEqual(['hang up']);
    expect(late.leg.outcome).toBe('connected');
  });

  it('and shows both people lets them talk', () => {
    const asking = callAskingForOperator();
    const together = asking.after(presentAre([US, CALLEE, OPERATOR], 50));
    expect(together.after(invited('completed', asking.leg.invitation)).asks).toEqual([]);
  });

  it('is not needed if the result names no invitation: it belongs to the current one', () => {
    expect(callAskingForOperator().after(invited('completed', undefined)).leg.stage).toBe('talking');
  });
});

describe('if no operator answers,', () => {
  it('the callee hears that and may choose again', () => {
    const told = callAskingForOperator().operatorDoesNotAnswer();
    expect(told.asks).toEqual(['play unavailable']);
    expect(told.leg.stage).toBe('unavailable');
    expect(told.audioEnds().asks).toEqual(['hang up after 5 s']);
    expect(told.audioEnds().presses('1').leg.outcome).toBe('acknowledged');
    expect(told.audioEnds().presses('1').asks).toEqual(['play thanks']);
  });

  it('the callee may choose during the announcement too, which is stopped first', () => {
    const again = callAskingForOperator().operatorDoesNotAnswer().presses('2');
    expect(again.asks).toEqual(['cancel the audio']);
    const ringing = again.audioEnds('cancelled');
    expect(ringing.asks).toEqual(['invite +14255550199']);
    expect(ringing.leg.invitation).toBe(ringing.leg.awaits);
    expect(ringing.operatorAnswers().leg.outcome).toBe('connected');
  });

  it('the call waits for a key at once if the script has no announcement', () => {
    const { unavailable: _, ...script } = scriptWith();
    expect(callAskingForOperator(script).operatorDoesNotAnswer().asks).toEqual(['hang up after 5 s']);
  });

  it('the announcement does not count as the message heard', () => {
    expect(callAskingForOperator().operatorDoesNotAnswer().audioEnds().leg.outcome).toBeUndefined();
  });

  it('a late event of the first invitation does not affect the second', () => {
    const second = callAskingForOperator().operatorDoesNotAnswer().presses('2').audioEnds('cancelled');
    const late = second.after(invited('failed', 'invite-3'));
    expect(second.leg.awaits).not.toBe('invite-3');
    expect(late.asks).toEqual([]);
    expect(late.leg.stage).toBe('inviting');
  });

  it('because the callee hung up first, the call ends as answered and no phone rings again', () => {
    const gone = callAskingForOperator().ends();
    expect(gone.leg.outcome).toBe('answered');
    expect(gone.after(invited('failed', 'invite-3')).asks).toEqual([]);
  });
});

describe('an invitation by hand', () => {
  it('does not change what the script does', () => {
    const { asks, leg } = answeredCall().after(invited('completed', 'by-hand'));
    expect(asks).toEqual([]);
    expect(leg).toMatchObject({ stage: 'message', awaits: 'message-1' });
  });
});
