import { describe, expect, it } from 'vitest';
import { answeredCall, call, callAskingForOperator, inWords, scriptWith } from './support/phone-call.ts';
import { audioEnded, established, establishing, terminated, tone } from './support/telephone-events.ts';

describe('acknowledging', () => {
  it('while the message plays cancels it first, then thanks, then hangs up', () => {
    const pressed = answeredCall().presses('1');
    expect(pressed.asks).toEqual(['cancel the audio']);
    expect(pressed.leg).toMatchObject({ stage: 'cancelling', next: 'thanks', outcome: 'acknowledged' });
    const thanked = pressed.audioEnds('cancelled');
    expect(thanked.asks).toEqual(['play thanks']);
    expect(thanked.audioEnds().asks).toEqual(['hang up']);
    expect(thanked.audioEnds().ends().leg).toMatchObject({ outcome: 'acknowledged', stage: 'ended' });
  });

  it('hangs up at once if the script has no thanks', () => {
    const { thanks: _, ...quiet } = scriptWith();
    const pressed = answeredCall(quiet).presses('1');
    expect(pressed.asks).toEqual(['hang up']);
    expect(pressed.leg).toMatchObject({ stage: 'leaving', outcome: 'acknowledged' });
  });

  it('hangs up even if the thanks cannot be played', () => {
    const thanked = answeredCall().presses('1').audioEnds('cancelled').audioEnds('failed');
    expect(thanked.asks).toEqual(['hang up']);
    expect(thanked.ends().leg.outcome).toBe('acknowledged');
  });

  it('counts even if the callee hangs up during the thanks', () => {
    expect(answeredCall().presses('1').ends().leg.outcome).toBe('acknowledged');
  });

  it('counts if the key comes together with the end of the message', () => {
    const both = answeredCall(scriptWith({ replays: 0 }))
      .audioEnds()
      .presses('1');
    expect(both.leg.outcome).toBe('acknowledged');
  });

  it('by a key of the script’s own choice', () => {
    const script = scriptWith({ keys: { acknowledge: '5' } });
    expect(answeredCall(script).presses('1').leg.outcome).toBeUndefined();
    expect(answeredCall(script).presses('5').leg.outcome).toBe('acknowledged');
  });

  it('counts while the operators’ phones ring, and does not disturb them', () => {
    const pressed = callAskingForOperator().presses('1');
    expect(pressed.asks).toEqual([]);
    expect(pressed.leg).toMatchObject({ stage: 'inviting', outcome: 'acknowledged' });
  });
});

describe('opting out', () => {
  it('hangs up at once, whatever plays', () => {
    const pressed = answeredCall().presses('9');
    expect(pressed.asks).toEqual(['hang up']);
    expect(pressed.ends().leg.outcome).toBe('optedOut');
  });

  it('is not forgotten because the message was heard before', () => {
    expect(
      answeredCall(scriptWith({ replays: 0 }))
        .audioEnds()
        .presses('9').leg.outcome,
    ).toBe('optedOut');
  });
});

describe('opting out after an acknowledgement', () => {
  it('does not withdraw it, and is recorded beside it', () => {
    const { leg } = answeredCall().presses('1', '9');
    expect(leg).toMatchObject({ outcome: 'acknowledged', optOut: true });
  });
});

describe('hearing it again', () => {
  it('stops the message and starts it again', () => {
    const pressed = answeredCall().presses('*');
    expect(pressed.asks).toEqual(['cancel the audio']);
    expect(pressed.audioEnds('cancelled').asks).toEqual(['play message']);
  });

  it('does not count the interrupted message as heard', () => {
    expect(answeredCall().presses('*').audioEnds('cancelled').leg.outcome).toBeUndefined();
  });

  it('counts among the replays of the script', () => {
    const again = answeredCall(scriptWith({ replays: 1 }))
      .presses('*')
      .audioEnds('cancelled');
    expect(again.audioEnds().asks).toEqual(['hang up after 5 s']);
  });

  it('ends after ten plays: the key is ignored and the call continues', () => {
    let patient = answeredCall();
    for (let time = 0; time < 20; time++) patient = patient.presses('*').audioEnds('cancelled');
    expect(patient.leg.plays).toBe(10);
    expect(patient.allActions.map(inWords).filter((asked) => asked === 'play message')).toHaveLength(10);
    expect(patient.asks).toEqual([]);
    expect(patient.presses('1').leg.outcome).toBe('acknowledged');
  });
});

describe('a key without a meaning', () => {
  it('leaves the call as it is, whenever it is pressed', () => {
    for (const before of [
      call(),
      answeredCall(),
      answeredCall().audioEnds().audioEnds(),
      answeredCall().presses('1'),
    ]) {
      const after = before.presses('7');
      expect(after.asks).toEqual([]);
      expect(after.leg.stage).toBe(before.leg.stage);
      expect(after.leg.awaits).toBe(before.leg.awaits);
    }
  });

  it('still proves that somebody is there', () => {
    expect(call().presses('7').ends(480).leg).toMatchObject({ answered: true, outcome: 'answered' });
  });
});

describe('a second key', () => {
  it('while the audio is being stopped changes what follows', () => {
    const pressed = answeredCall().presses('*', '2');
    expect(pressed.asks).toEqual([]);
    expect(pressed.audioEnds('cancelled').asks).toEqual(['invite +14255550199']);
  });

  it('does not withdraw an acknowledgement', () => {
    const pressed = answeredCall().presses('1', '*');
    expect(pressed.leg.outcome).toBe('acknowledged');
    expect(pressed.audioEnds('cancelled').asks).toEqual(['play thanks']);
  });

  it('to acknowledge counts after one for the operator', () => {
    const pressed = answeredCall().presses('2', '1');
    expect(pressed.leg.outcome).toBe('acknowledged');
    expect(pressed.audioEnds('cancelled').asks).toEqual(['play thanks']);
  });

  it('to opt out hangs up without waiting for the audio', () => {
    expect(answeredCall().presses('*', '9').asks).toEqual(['hang up']);
  });

  it('the same as the first cancels nothing twice', () => {
    expect(answeredCall().presses('1', '1').allActions.map(inWords)).toEqual(['play message', 'cancel the audio']);
  });
});

describe('a key that arrives before the event that the call was answered', () => {
  it('counts, and takes effect at once', () => {
    const pressed = call().after(establishing).presses('1');
    expect(pressed.asks).toEqual(['play thanks']);
    expect(pressed.leg).toMatchObject({ stage: 'thanks', outcome: 'acknowledged', answered: true });
  });

  it('still counts when that event arrives: the message does not start over the thanks', () => {
    const late = call().presses('1').after(established);
    expect(late.asks).toEqual([]);
    expect(late.leg).toMatchObject({ state: 'established', stage: 'thanks' });
    expect(late.audioEnds().asks).toEqual(['hang up']);
  });

  it('for an operator has no effect if the script has none: the message still plays', () => {
    const early = call(scriptWith({ operators: [] })).presses('2');
    expect(early.asks).toEqual([]);
    expect(early.after(established).asks).toEqual(['play message']);
  });
});

describe('a key that arrives after the end of the call', () => {
  it('still acknowledges, and requests nothing', () => {
    const late = answeredCall().ends().presses('1');
    expect(late.asks).toEqual([]);
    expect(late.leg).toMatchObject({ state: 'terminated', stage: 'ended', outcome: 'acknowledged' });
  });

  it('still opts out', () => {
    expect(answeredCall().ends().presses('9').leg.outcome).toBe('optedOut');
  });

  it('proves that the call was answered, even if its end alone says otherwise', () => {
    expect(call().after(terminated).leg.outcome).toBe('noAnswer');
    expect(call().after(terminated, tone('7')).leg.outcome).toBe('answered');
  });
});

describe('audio that ends at the moment when it is cancelled', () => {
  const raced = answeredCall().presses('1').audioEnds('completed');

  it('is followed by what the key asked for', () => {
    expect(raced.asks).toEqual(['play thanks']);
  });

  it('is not followed by it twice if the cancel is reported too, under either context', () => {
    for (const context of ['message-1', 'cancel-2']) {
      const reported = raced.after(audioEnded('cancelled', context));
      expect(reported.asks).toEqual([]);
      expect(reported.leg.stage).toBe('thanks');
    }
  });

  it('is followed by it even if only the cancel is reported, under its own context', () => {
    expect(answeredCall().presses('1').after(audioEnded('cancelled', 'cancel-2')).asks).toEqual(['play thanks']);
  });
});

describe('an event about audio that is no longer playing', () => {
  it('does not end the current audio', () => {
    const second = answeredCall().audioEnds();
    const stale = second.after(audioEnded('cancelled', 'message-1'));
    expect(stale.asks).toEqual([]);
    expect(stale.leg).toMatchObject({ stage: 'message', audio: 'message-2' });
  });

  it('that was played by hand does not affect the script', () => {
    expect(answeredCall().after(audioEnded('completed', 'by-hand'))).toMatchObject({
      asks: [],
      leg: { stage: 'message' },
    });
  });

  it('still counts the message as heard', () => {
    const late = answeredCall().presses('*').audioEnds('cancelled').after(audioEnded('completed', 'message-1'));
    expect(late.asks).toEqual([]);
    expect(late.leg.outcome).toBe('heard');
    expect(answeredCall().ends().after(audioEnded('completed', 'message-1')).leg.outcome).toBe('heard');
  });
});
