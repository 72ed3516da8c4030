import { describe, expect, it } from 'vitest';
import { NoFreeLineError } from '../../src/lib/base/errors.ts';
import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { inviteParticipants } from '../../src/lib/calls/invite.ts';
import { InviteParticipants } from '../../src/lib/rules/calls/actions.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import { claimed } from '../../src/lib/rules/outages/attempts.ts';
import type { Services } from '../../src/lib/services/services.ts';
import type { Line } from '../../src/lib/storage/lines.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { onTimer } from '../fixtures/triggers.ts';
import { fillLines } from './support/fill-lines.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { audioEnded, established, LEG, terminated, tone } from './support/telephone-events.ts';

/** An operator who is a telephone is a call of its own, on a line of its own. */

const ANN = { phoneNumber: { value: '+14255550121' } };
const OPERATOR = { phoneNumber: { value: '+14255550199' } };
const NUMBER = '+14255550190';
const UNAVAILABLE = 'https://audio.example/unavailable.wav';
const SCRIPT = {
  message: 'https://audio.example/message.wav',
  unavailable: UNAVAILABLE,
  replays: 0,
  keyWaitSeconds: 5,
  keys: { operator: '2' as const },
};

type Invited = Parameters<Services['calls']['inviteParticipants']>[1];

/** Ann has pressed 2: the operator is to be invited. */
class AsksForOperator extends MemoryWorld {
  readonly invitations: Invited[] = [];
  readonly ref: AttemptRef = { outageId: 'storm', shard: 0, recipientId: recipientIdOf(ANN), attempt: 1 };

  static async with(operator: Identifier): Promise<AsksForOperator> {
    const world = new AsksForOperator();
    const inviteParticipants: Services['calls']['inviteParticipants'] = async (_call, request) => {
      world.invitations.push(request);
    };
    Object.assign(world.services, { calls: { ...world.services.calls, inviteParticipants } });
    const { outage } = await world.outage({ script: { ...SCRIPT, operators: [operator] } }, ANN.phoneNumber.value);
    await fillLines(world.services, outage);
    const stored = await world.services.recipients.find(world.ref);
    if (stored) await world.services.recipients.save(world.ref, stored, claimed(stored.recipient, world.now));
    await world.gets(established, tone('2'), audioEnded('cancelled', 'message-1'));
    return world;
  }

  async gets(...events: Parameters<typeof applyCallEvent>[2][]): Promise<void> {
    for (const event of events) await applyCallEvent(this.services, { kind: 'attempt', ...this.ref }, event);
  }

  /** The host delivers the script's invitation. */
  invite() {
    const message = InviteParticipants.parse(this.queues.on('invite-participants')[0]);
    return inviteParticipants(
      this.services,
      { ...message, operationContext: message.operationContext ?? '' },
      'message',
    );
  }

  async held(): Promise<Line[]> {
    return (await this.services.lines.list()).filter(({ holder }) => holder !== '');
  }

  /** Others call on every line that is free. */
  async othersCall(): Promise<void> {
    for (const line of await this.services.lines.list()) {
      const until = new Date(this.now.getTime() + 3_600_000);
      if (line.holder === '') await this.services.lines.lease(line, 'flood|somebody|1', until, this.now);
    }
  }

  get played(): string[] {
    return this.queues.on('play-audio').map((message) => JSON.stringify(message));
  }
}

describe('an operator who is a telephone', () => {
  it('takes a line of the number that the callee was called from, until the call ends', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    expect(await world.invite()).toMatchObject({ result: 'done' });
    expect(world.invitations).toMatchObject([{ participants: [OPERATOR], caller: NUMBER }]);
    expect(await world.held()).toHaveLength(2);
    await world.gets(terminated);
    expect(await world.held()).toEqual([]);
  });

  it('takes one line, however often the message is delivered', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    await world.invite();
    await world.invite();
    expect(world.invitations).toHaveLength(1);
    expect(await world.held()).toHaveLength(2);
  });

  it('is not called if no line is free, and the callee hears that nobody is available', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    await world.othersCall();
    expect(await world.invite()).toMatchObject({ result: 'superseded' });
    expect(world.invitations).toEqual([]);
    expect(world.played.at(-1)).toContain(UNAVAILABLE);
  });

  it('is not called from a number that rests', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    const [since, probeAt] = [world.now.toISOString(), world.now.toISOString()];
    const caller = { number: NUMBER, failed: ['somebody'], since, restingSince: since, probeAt };
    await world.services.callerNumbers.save({ caller }, caller);
    expect(await world.invite()).toMatchObject({ result: 'superseded' });
    expect(world.invitations).toEqual([]);
    expect(world.played.at(-1)).toContain(UNAVAILABLE);
  });

  it('keeps the line while the call is in progress, and the timer frees it if the end of the call did not', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    await world.invite();
    world.passes(200);
    await world.gets(tone('5'));
    await onTimer(world.services);
    expect(await world.held()).toHaveLength(2);
    const list = world.services.lines.survey.bind(world.services.lines);
    world.services.lines.survey = () => Promise.reject(new Error('died'));
    await expect(world.gets(terminated)).rejects.toThrow('died');
    world.services.lines.survey = list;
    world.passes(200);
    await onTimer(world.services);
    expect(await world.held()).toEqual([]);
  });
});

describe('an operator who is a user of the service', () => {
  it('takes no line', async () => {
    const world = await AsksForOperator.with({ communicationUser: { id: '8:acs:operator' } });
    await world.othersCall();
    expect(await world.invite()).toMatchObject({ result: 'done' });
    expect(world.invitations).toHaveLength(1);
  });
});

describe('an invitation by hand', () => {
  const byHand = { callLegId: LEG, participants: [OPERATOR], operationContext: 'by hand' };

  it('takes a line', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    expect(await inviteParticipants(world.services, byHand, 'message')).toMatchObject({ result: 'done' });
    expect(await world.held()).toHaveLength(2);
  });

  it('fails if no line is free, so that the host tries again and nothing is lost', async () => {
    const world = await AsksForOperator.with(OPERATOR);
    await world.othersCall();
    await expect(inviteParticipants(world.services, byHand, 'message')).rejects.toThrow(NoFreeLineError);
    expect(world.invitations).toEqual([]);
    expect((await world.services.legs.findAction(LEG, 'by hand'))?.action).toBeUndefined();
  });
});
