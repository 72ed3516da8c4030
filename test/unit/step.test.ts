import { describe, expect, it } from 'vitest';
import { newCallLeg } from '../../src/lib/rules/calls/leg.ts';
import { isOvertaken } from '../../src/lib/rules/calls/moves.ts';
import { announcement, type CallScript } from '../../src/lib/rules/calls/script.ts';
import { step } from '../../src/lib/rules/calls/step.ts';
import {
  answeredCall,
  call,
  callWithoutScript,
  contextOf,
  NOW,
  type PhoneCall,
  scriptWith,
} from './support/phone-call.ts';
import { audioEnded, established, establishing, stateIs, unheardOf } from './support/telephone-events.ts';

describe('the message', () => {
  it('is not played while the phone rings', () => {
    expect(call().after(establishing)).toMatchObject({ asks: [], leg: { state: 'establishing', stage: 'ringing' } });
  });

  it('is played once somebody answers', () => {
    const { asks, leg } = call().after(establishing, established);
    expect(asks).toEqual(['play message']);
    expect(leg).toMatchObject({ state: 'established', stage: 'message', answered: true, plays: 1 });
  });

  it('is requested with the context under which its end is reported', () => {
    const { actions, leg } = answeredCall();
    expect(actions).toEqual([
      {
        queue: 'play-audio',
        message: {
          callLegId: 'leg-1',
          audioFileUri: 'https://audio.example/message.wav',
          listen: true,
          answeredAt: expect.any(String),
          operationContext: 'message-1',
        },
      },
    ]);
    expect(leg).toMatchObject({ audio: 'message-1', awaits: 'message-1' });
  });

  it('starts listening for keys with the first play, if the script has keys', () => {
    const listens = (call: PhoneCall) => call.actions.map(({ message }) => 'listen' in message);
    const first = answeredCall();
    expect(listens(first)).toEqual([true]);
    expect(listens(first.audioEnds())).toEqual([false]);
    expect(listens(answeredCall(scriptWith({ keys: {} })))).toEqual([false]);
  });

  it('may be a text', () => {
    const message = { text: 'The power is out', voice: 'en-US-JennyNeural' };
    const { asks, actions } = answeredCall(scriptWith({ message }));
    expect(asks).toEqual(['say The power is out']);
    expect(actions).toMatchObject([{ message: { speech: message } }]);
  });

  it('is not played twice if the answer is reported twice', () => {
    expect(answeredCall().after(established).asks).toEqual([]);
  });

  it('is played again as often as the script says, and no more', () => {
    const onceMore = answeredCall(scriptWith({ replays: 2 })).audioEnds();
    expect(onceMore.asks).toEqual(['play message']);
    expect(onceMore.audioEnds().asks).toEqual(['play message']);
    expect(onceMore.audioEnds().audioEnds().asks).toEqual(['hang up after 5 s']);
  });

  it('is played once if the script has no replays', () => {
    expect(answeredCall(scriptWith({ replays: 0 })).audioEnds().asks).toEqual(['hang up after 5 s']);
  });

  it('that was played to its end counts as heard', () => {
    expect(answeredCall().leg.outcome).toBeUndefined();
    expect(answeredCall().audioEnds().leg.outcome).toBe('heard');
  });

  it('whose audio cannot be played ends the call as failed', () => {
    const failed = answeredCall().audioEnds('failed');
    expect(failed.asks).toEqual(['hang up']);
    expect(failed.leg).toMatchObject({ stage: 'leaving', outcome: 'failed', reason: 'audioFailed' });
    expect(failed.ends().leg).toMatchObject({ outcome: 'failed', reason: 'audioFailed' });
  });

  it('that failed only in a replay still counts as heard', () => {
    expect(answeredCall().audioEnds().audioEnds('failed').ends().leg.outcome).toBe('heard');
  });

  it('that somebody cancels by hand is not played again, and was not heard', () => {
    const cancelled = answeredCall().audioEnds('cancelled');
    expect(cancelled.asks).toEqual(['hang up after 5 s']);
    expect(cancelled.ends().leg.outcome).toBe('answered');
  });

  it('also ends by a result that names no audio, which then means the one in progress', () => {
    expect(answeredCall(scriptWith({ replays: 0 })).after(audioEnded('completed')).asks).toEqual(['hang up after 5 s']);
  });

  it.each(['notStarted', 'running'] as const)('has not ended while its audio is %s', (status) => {
    const { type, occurredAt, data } = audioEnded('completed', 'message-1');
    const { asks, leg } = answeredCall().after({ type, occurredAt, data: { ...data, status } });
    expect(asks).toEqual([]);
    expect(leg).toMatchObject({ audio: 'message-1', stage: 'message' });
    expect(leg.outcome).toBeUndefined();
  });
});

describe('waiting for a key', () => {
  const waiting = answeredCall(scriptWith({ replays: 0 })).audioEnds();

  it('ends with a hang-up, unless something else happens first', () => {
    expect(waiting.actions).toEqual([
      {
        queue: 'hang-up',
        message: { callLegId: 'leg-1', operationContext: 'hang-up-2', onlyIfAwaited: true },
        delaySeconds: 5,
      },
    ]);
    expect(waiting.leg).toMatchObject({ stage: 'waiting', awaits: 'hang-up-2' });
  });

  it('is over once a key is pressed: the hang-up is no longer awaited', () => {
    const { leg } = waiting.presses('2');
    expect(leg.awaits).not.toBe('hang-up-2');
    expect(isOvertaken(leg, 'hang-up-2')).toBe(true);
    expect(isOvertaken(waiting.leg, 'hang-up-2')).toBe(false);
  });

  it('is skipped if the script gives no time for it', () => {
    const { actions, asks } = answeredCall(scriptWith({ replays: 0, keyWaitSeconds: 0 })).audioEnds();
    expect(asks).toEqual(['hang up']);
    expect(actions[0]?.message).not.toHaveProperty('onlyIfAwaited');
  });

  it('is skipped if no key has a meaning', () => {
    expect(answeredCall(scriptWith({ replays: 0, keys: {} })).audioEnds().asks).toEqual(['hang up']);
  });

  it('plays no audio, so the reaction to a key needs no cancel first', () => {
    expect(waiting.presses('1').asks).toEqual(['play thanks']);
    expect(waiting.presses('2').asks).toEqual(['invite +14255550199']);
    expect(waiting.presses('*').asks).toEqual(['play message']);
  });
});

describe('a call by hand', () => {
  it('plays its audio once and hangs up', () => {
    const playing = answeredCall(announcement('https://audio.example/test.wav'));
    expect(playing.asks).toEqual(['play test']);
    expect(playing.audioEnds().asks).toEqual(['hang up']);
    expect(playing.audioEnds().ends().leg.outcome).toBe('heard');
  });

  it('ignores keys', () => {
    expect(answeredCall(announcement('https://audio.example/test.wav')).presses('1', '2', '9', '*').asks).toEqual([]);
  });

  it('without audio stays up and asks for nothing by itself', () => {
    const up = callWithoutScript()
      .after(establishing, established)
      .presses('1')
      .after(audioEnded('completed', 'by-hand'));
    expect(up.allActions).toEqual([]);
    expect(up.leg).toMatchObject({ state: 'established', stage: 'waiting' });
    expect(up.ends().leg).toMatchObject({ state: 'terminated', outcome: 'answered' });
  });
});

describe('every step', () => {
  it('records when the leg last changed', () => {
    const later = new Date('2026-01-05T09:30:00.000Z');
    expect(step(call().leg, unheardOf, {}, later).leg.updatedAt).toBe(later.toISOString());
  });

  it('does not modify the leg it was given', () => {
    const { leg } = call();
    const before = structuredClone(leg);
    step(leg, established, { script: scriptWith() }, NOW);
    expect(leg).toEqual(before);
  });

  it('asks for nothing on an event of an unknown type', () => {
    expect(answeredCall().after(unheardOf)).toMatchObject({ asks: [], leg: { stage: 'message' } });
  });

  it.each(['unknown', 'idle', 'incoming', 'hold', 'unhold', 'transferring', 'redirecting'] as const)(
    'does not react to the state %s',
    (state) => {
      expect(answeredCall().after(stateIs(state))).toMatchObject({ asks: [], leg: { state: 'established' } });
    },
  );

  it('keeps the first conversation id that a state change reports', () => {
    const { data, ...rest } = established;
    const named = call().after({ ...rest, data: { ...data, conversationId: 'conversation-1' } });
    expect(named.ends().leg.conversationId).toBe('conversation-1');
  });

  it('gives its action a new name, so that no two actions of a call are confused', () => {
    const names = answeredCall(scriptWith({ replays: 3 }))
      .audioEnds()
      .audioEnds()
      .presses('*')
      .audioEnds('cancelled');
    expect(names.allActions.map(contextOf)).toEqual(['message-1', 'message-2', 'message-3', 'cancel-4', 'message-5']);
  });
});

describe('an action', () => {
  it('is overtaken if the script asked for it and no longer waits for it', () => {
    const { leg } = answeredCall().presses('1');
    expect(isOvertaken(leg, 'message-1')).toBe(true);
    expect(isOvertaken(leg, 'cancel-2')).toBe(false);
  });

  it('is not overtaken if the script has not asked for it: by hand, or in a later step', () => {
    const { leg } = answeredCall();
    expect(isOvertaken(leg, 'lease-ended')).toBe(false);
    expect(isOvertaken(leg, '5dbcbdd4-febf-4091-a5be-543f09b2692c')).toBe(false);
    expect(isOvertaken(leg, 'cancel-2')).toBe(false);
  });
});

describe('a call that is not ours', () => {
  const joined = (as: 'guest' | 'errand', script?: CallScript) => {
    const leg = newCallLeg('leg-1', { kind: 'request', requestId: 'join', as }, NOW);
    return step(leg, established, { script }, NOW);
  };

  it('that we joined to play audio is left afterwards, and goes on for the others', () => {
    const playing = joined('guest', ANNOUNCEMENT);
    const { actions } = step(playing.leg, audioEnded('completed', playing.leg.audio), { script: ANNOUNCEMENT }, NOW);
    expect(actions).toMatchObject([{ queue: 'hang-up', message: { callLegId: 'leg-1', leave: true } }]);
  });

  it('that we joined without audio is not left until a person asks for it', () => {
    expect(joined('guest').actions).toEqual([]);
  });

  it('that we joined for an errand is left once no invited phone can still ring', () => {
    expect(joined('errand').actions).toMatchObject([
      { queue: 'hang-up', message: { callLegId: 'leg-1', leave: true }, delaySeconds: 200 },
    ]);
  });

  it('is left, but our own is ended for everyone', () => {
    expect(answeredCall().presses('9').actions).toEqual([
      { queue: 'hang-up', message: { callLegId: 'leg-1', operationContext: 'hang-up-2' } },
    ]);
  });
});

const ANNOUNCEMENT = announcement('https://audio.example/message.wav');
