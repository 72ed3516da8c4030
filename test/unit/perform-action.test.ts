import { describe, expect, it } from 'vitest';
import { UnansweredError } from '../../src/lib/base/errors.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { MEANINGS_GA } from '../../src/lib/call-automation/ga/meanings.ts';
import { meaningOfRefusal } from '../../src/lib/call-automation/meaning.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { type Asked, performAction } from '../../src/lib/calls/perform-action.ts';
import { newCallLeg } from '../../src/lib/rules/calls/leg.ts';
import type { Handled } from '../../src/lib/services/services.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { audioBegan, tone } from './support/telephone-events.ts';

const LEG = 'leg-1';
const MESSAGE: Asked = { queue: 'play-audio', address: LEG, message: { operationContext: 'message-1' } };
const CANCEL: Asked = {
  queue: 'cancel-media',
  address: LEG,
  message: { operationContext: 'cancel-2', onlyIfAwaited: true },
};
const HANG_UP: Asked = { queue: 'hang-up', address: LEG, message: { operationContext: 'hang-up-3' } };
const BY_HAND: Asked = { queue: 'play-audio', address: LEG, message: { operationContext: 'a message of mine' } };

const refusal = (status: number, code = '8522'): CallAutomationError =>
  new CallAutomationError({
    operation: 'playAudio',
    status,
    code,
    means: meaningOfRefusal(MEANINGS_GA, status, code),
    message: 'refused',
    requestId: 'request',
    mayHaveHappened: status >= 500,
  });

/** A call that waits for an action, and a service that records what it is asked for. */
class ActingWorld extends MemoryWorld {
  /** The requests to the service, in order. */
  readonly asked: string[] = [];

  async callWaitsFor(awaits: string | undefined): Promise<void> {
    const leg = newCallLeg(LEG, { kind: 'request', requestId: 'by-hand' }, this.now);
    const changed = { ...leg, actions: 9, awaits };
    await this.services.legs.save(await this.services.legs.find(LEG), changed);
  }

  perform(asked: Asked, answer: () => unknown = () => undefined): Promise<Handled> {
    return performAction(this.services, asked, async () => {
      this.asked.push(asked.message.operationContext);
      return answer();
    });
  }

  /** A process claims the action and dies before it sends the request, or before the answer arrives. */
  async dieAt(asked: Asked): Promise<void> {
    const { legs } = this.services;
    await legs.claimAction(asked.address, asked.message.operationContext, asked.queue, this.now);
  }

  async record(context: string): Promise<string | undefined> {
    return (await this.services.legs.findAction(LEG, context))?.action.status;
  }
}

async function world(awaits: string | undefined): Promise<ActingWorld> {
  const made = new ActingWorld();
  await made.callWaitsFor(awaits);
  return made;
}

describe('an action', () => {
  it('is requested once, however often its message is delivered', async () => {
    const acting = await world('message-1');
    expect(await acting.perform(MESSAGE)).toMatchObject({ result: 'done' });
    acting.passes(3600);
    expect(await acting.perform(MESSAGE)).toMatchObject({ result: 'superseded' });
    expect(acting.asked).toEqual(['message-1']);
    expect(await acting.record('message-1')).toBe('done');
  });

  it('that another copy of the message is requesting is checked again later, not requested twice', async () => {
    const acting = await world('message-1');
    await acting.dieAt(MESSAGE);
    acting.passes(30);
    expect(await acting.perform(MESSAGE)).toMatchObject({ result: 'postponed' });
    expect(acting.queues.sent).toEqual([
      { queue: 'play-audio', message: { operationContext: 'message-1' }, delaySeconds: 60 },
    ]);
    expect(acting.asked).toEqual([]);
  });

  it('whose process died is requested again while the call waits for it', async () => {
    const acting = await world('message-1');
    await acting.dieAt(MESSAGE);
    acting.passes(90);
    expect(await acting.perform(MESSAGE)).toMatchObject({ result: 'done' });
    expect(acting.asked).toEqual(['message-1']);
  });

  it('that an event reports is not requested again, even if it could not be recorded as done', async () => {
    const acting = await world('message-1');
    await acting.dieAt(MESSAGE);
    await applyCallEvent(acting.services, { kind: 'request', requestId: 'by-hand' }, audioBegan('message-1'));
    acting.passes(90);
    expect(await acting.perform(MESSAGE)).toMatchObject({ result: 'superseded' });
    expect(await acting.record('message-1')).toBe('done');
    expect(acting.asked).toEqual([]);
  });

  it('whose process died is dropped once the call has moved on, and the reason is recorded', async () => {
    const acting = await world('hang-up-3');
    for (const left of [MESSAGE, CANCEL]) {
      await acting.dieAt(left);
      acting.passes(90);
      expect(await acting.perform(left)).toMatchObject({ result: 'superseded' });
      expect(await acting.record(left.message.operationContext)).toBe('superseded');
    }
    expect(acting.asked).toEqual([]);
  });

  it('by hand whose process died ends on the poison queue: nobody can tell whether it was done', async () => {
    const acting = await world(undefined);
    await acting.dieAt(BY_HAND);
    acting.passes(90);
    await expect(acting.perform(BY_HAND)).rejects.toThrow(UnansweredError);
    expect(acting.asked).toEqual([]);
  });

  it('that the service refused is requested again', async () => {
    const acting = await world('message-1');
    const failing = () => {
      throw refusal(500);
    };
    await expect(acting.perform(MESSAGE, failing)).rejects.toThrow('refused');
    expect(await acting.perform(MESSAGE)).toMatchObject({ result: 'done' });
    expect(acting.asked).toEqual(['message-1', 'message-1']);
  });

  it('that comes too late is not requested', async () => {
    const acting = await world('message-3');
    expect(await acting.perform(CANCEL)).toMatchObject({ result: 'superseded' });
    expect(acting.asked).toEqual([]);
  });
});

describe('a hang-up of a call that was given up', () => {
  const GIVEN_UP: Asked = { queue: 'hang-up', address: LEG, message: { operationContext: 'given-up' } };

  it('closes the leg once the service does not know the call, so that a key counts', async () => {
    const acting = await world(undefined);
    await acting.perform(GIVEN_UP);
    expect(acting.queues.sent.at(-1)).toMatchObject({ queue: 'hang-up', message: GIVEN_UP.message, delaySeconds: 60 });
    await acting.perform(GIVEN_UP, () => {
      throw refusal(404);
    });
    expect((await acting.services.legs.find(LEG))?.leg.stage).toBe('ended');
  });
});

describe('a hang-up', () => {
  it('needs no claim: ending a call twice is ending it once', async () => {
    const acting = await world('hang-up-3');
    await acting.perform(HANG_UP);
    await acting.perform(HANG_UP);
    expect(acting.asked).toEqual(['hang-up-3', 'hang-up-3']);
    expect((await acting.services.legs.examine(LEG)).isGone).toBe(false);
  });

  it('that finds no call to end is the evidence that the call is over', async () => {
    const acting = await world('hang-up-3');
    const gone = () => {
      throw refusal(404);
    };
    expect(await acting.perform(HANG_UP, gone)).toMatchObject({ result: 'superseded' });
    expect((await acting.services.legs.examine(LEG)).isGone).toBe(true);
  });

  it.each([
    ['not established, or over', '8501'],
    ['not established, or over', '8585'],
    ['wrong', '8523'],
  ])('refused with 400/%s (%s) is retried, and is no evidence', async (_, code) => {
    const acting = await world('hang-up-3');
    const refused = () => {
      throw refusal(400, code);
    };
    await expect(acting.perform(HANG_UP, refused)).rejects.toThrow('refused');
    expect((await acting.services.legs.examine(LEG)).isGone).toBe(false);
  });

  it('that found no call is no evidence any more once an event of the call arrives', async () => {
    const acting = await world('hang-up-3');
    const gone = () => {
      throw refusal(404);
    };
    await acting.perform(HANG_UP, gone);
    acting.passes(1);
    await applyCallEvent(acting.services, { kind: 'request', requestId: 'by-hand' }, tone('5'));
    expect((await acting.services.legs.examine(LEG)).isGone).toBe(false);
  });

  it('that failed is retried, and is no evidence', async () => {
    const acting = await world('hang-up-3');
    const failing = () => {
      throw refusal(500);
    };
    await expect(acting.perform(HANG_UP, failing)).rejects.toThrow('refused');
    expect((await acting.services.legs.examine(LEG)).isGone).toBe(false);
  });
});
