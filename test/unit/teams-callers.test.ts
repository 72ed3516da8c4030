import { beforeEach, describe, expect, it } from 'vitest';
import { acsGa } from '../../src/lib/call-automation/ga/acs-ga.ts';
import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { contactOf } from '../../src/lib/lists/contacts.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { numberRulesOf } from '../../src/lib/outages/number-rules.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import { claimed } from '../../src/lib/rules/outages/attempts.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { onQueue } from '../fixtures/triggers.ts';
import { fillLines } from './support/fill-lines.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { audioEnded, established, invited, LEG, tone } from './support/telephone-events.ts';

/** What a Teams resource account cannot do is refused before anybody is called, and the script works without it. */

const phone = (value: string): Identifier => ({ phoneNumber: { value } });
const ANN = phone('+14255550121');
const OPERATOR = phone('+14255550197');
const DESK = phone('+14255550198');
const USER: Identifier = { communicationUser: { id: '8:acs:operator' } };
const ACCOUNTS = '+14255550190';
const ACS = '+14255550191';
const ACCOUNT = '11111111-2222-4333-8444-555555555555';
const UNAVAILABLE = 'https://audio.example/unavailable.wav';

type Asked = { readonly operation: string; readonly request: unknown };

/** An app that calls from an account, and maybe from an ACS number, too. */
class TeamsWorld extends MemoryWorld {
  readonly asked: Asked[] = [];

  constructor(isMixed: boolean) {
    super();
    const numbers = isMixed ? [ACCOUNTS, ACS] : [ACCOUNTS];
    const listed = numbers.map((number) => (number === ACCOUNTS ? { number, account: ACCOUNT } : { number }));
    const real = acsGa({ connectionString: 'endpoint=https://acs.invalid/;accesskey=YQ==' }, { callers: listed });
    const note = (operation: string, request: unknown) => this.asked.push({ operation, request });
    const calls: Services['calls'] = {
      ...this.services.calls,
      joins: real.joins,
      abilitiesOf: real.abilitiesOf,
      createCall: async (request) => ({ callLegId: `leg-${note('createCall', request)}` }),
      joinCall: async (id) => ({ callLegId: `leg-${note('joinCall', id)}` }),
      inviteParticipants: async (_, request) => void note('inviteParticipants', request),
      removeParticipant: async (_, request) => void note('removeParticipant', request),
    };
    const callers = numbers.map((number) => ({ number, lines: 3 }));
    Object.assign(this.services, { calls, settings: { ...this.services.settings, callers } });
  }

  declares(operators: Identifier[], callers?: string[]) {
    const lines = callers?.map((number) => ({ number, lines: 2 }));
    const script = { message: 'https://audio.example/message.wav', operators };
    return declareOutage(this.services, { title: 'Storm', script, ...(lines && { callers: lines }) });
  }

  handles(queue: Parameters<typeof onQueue>[0], message: object) {
    return onQueue(queue, this.services, message, 'message');
  }
}

const [PHONES_ONLY, NOT_ENTERED] = [/must be a phone number: a Teams resource account/, /cannot be entered/];

describe('with accounts alone', () => {
  let world: TeamsWorld;
  beforeEach(() => {
    world = new TeamsWorld(false);
  });

  it('an outage with an ACS user or one number twice as operators is refused', async () => {
    await expect(world.declares([OPERATOR, USER])).rejects.toThrow(/script\.operators\.1: must be a phone number/);
    await expect(world.declares([DESK, OPERATOR, DESK])).rejects.toThrow(
      /script\.operators\.2: is named before: a Teams resource account dials a number once/,
    );
    await expect(world.declares([OPERATOR, DESK])).resolves.toMatchObject({ isNew: true });
  });

  it('a row with an ACS user is rejected with the reason', async () => {
    const { outage } = await world.declares([]);
    const columns = [{ column: 'communicationUserId', as: 'communicationUserId', isOurs: true, how: 'name' }] as const;
    expect(contactOf(['8:acs:ann'], columns, numberRulesOf(world.services, outage))).toMatch(
      /^communicationUserId: must be a phone number: a Teams resource account calls no ACS users$/,
    );
  });

  it('calls to ACS users, joins and actions out of call are refused when they are enqueued', async () => {
    const conversationId = 'a-conversation';
    const refused: [Parameters<typeof onQueue>[0], object, RegExp][] = [
      ['start-call', { targets: [USER] }, PHONES_ONLY],
      ['start-call', { targets: [ANN, USER] }, PHONES_ONLY],
      ['join-call', { conversationId }, NOT_ENTERED],
      ['invite-participants', { conversationId, participants: [ANN] }, NOT_ENTERED],
      ['remove-participant', { conversationId, participantId: '4:+14255550121' }, NOT_ENTERED],
    ];
    for (const [queue, message, why] of refused) await expect(world.handles(queue, message)).rejects.toThrow(why);
    expect(world.asked).toEqual([]);
    await world.handles('start-call', { targets: [ANN] });
    expect(world.asked).toMatchObject([{ request: { caller: ACCOUNTS } }]);
  });
});

describe('with callers of both kinds', () => {
  let world: TeamsWorld;
  beforeEach(() => {
    world = new TeamsWorld(true);
  });

  it('an outage may use both, and ACS users if all its callers are ACS numbers', async () => {
    await expect(world.declares([OPERATOR])).resolves.toMatchObject({ isNew: true });
    await expect(world.declares([USER])).rejects.toThrow(PHONES_ONLY);
    await expect(world.declares([USER], [ACS])).resolves.toMatchObject({ isNew: true });
  });

  it('an ACS user is called without a number or from an ACS number, not with a phone that any caller may call', async () => {
    await world.handles('start-call', { targets: [USER], requestId: 'user' });
    await world.handles('start-call', { targets: [ANN, USER], callerNumber: ACS, requestId: 'both' });
    const anywhere = world.handles('start-call', { targets: [ANN, USER], requestId: 'anywhere' });
    await expect(anywhere).rejects.toThrow(PHONES_ONLY);
    expect(world.asked).toHaveLength(2);
  });

  it('a conversation can be joined', async () => {
    await world.handles('join-call', { conversationId: 'a-conversation' });
    expect(world.asked).toEqual([{ operation: 'joinCall', request: 'a-conversation' }]);
  });
});

/** Ann was called from one of the numbers, and asks for an operator. */
class AsksForOperator extends TeamsWorld {
  readonly ref: AttemptRef = { outageId: 'storm', shard: 0, recipientId: recipientIdOf(ANN), attempt: 1 };
  #keys = 0;

  static async calledFrom(number: string, operators: Identifier[]): Promise<AsksForOperator> {
    const world = new AsksForOperator(true);
    const script = {
      message: 'https://audio.example/message.wav',
      unavailable: UNAVAILABLE,
      replays: 0,
      keyWaitSeconds: 5,
      keys: { operator: '2' as const },
      operators,
    };
    const { outage } = await world.outage({ script, callers: [{ number, lines: 3 }] }, '+14255550121');
    await world.services.lines.ensure(world.services.settings.callers, await world.services.lines.list());
    await fillLines(world.services, outage);
    const stored = await world.services.recipients.find(world.ref);
    if (stored) await world.services.recipients.save(world.ref, stored, claimed(stored.recipient, world.now));
    await world.gets(established);
    return world;
  }

  async gets(...events: Parameters<typeof applyCallEvent>[2][]): Promise<void> {
    for (const event of events) await applyCallEvent(this.services, { kind: 'attempt', ...this.ref }, event);
  }

  /** Ann presses 2; the audio that plays is cancelled; the host delivers the invitation. */
  async presses2(): Promise<string> {
    const audio = (await this.services.legs.find(LEG))?.leg.audio;
    await this.gets(tone('2', ++this.#keys));
    if (audio !== undefined) await this.gets(audioEnded('cancelled', audio));
    const message = this.queues.on('invite-participants').at(-1) ?? {};
    await this.handles('invite-participants', message);
    return 'operationContext' in message ? String(message.operationContext) : '';
  }

  get invitations(): Asked[] {
    return this.asked.filter(({ operation }) => operation === 'inviteParticipants');
  }

  get played(): string {
    return JSON.stringify(this.queues.on('play-audio').at(-1));
  }
}

describe('an operator in a call from an account', () => {
  it('is called from the account, on a line of it', async () => {
    const world = await AsksForOperator.calledFrom(ACCOUNTS, [OPERATOR]);
    await world.presses2();
    expect(world.invitations).toMatchObject([{ request: { participants: [OPERATOR], caller: ACCOUNTS } }]);
    const held = (await world.services.lines.list()).filter(({ holder }) => holder !== '');
    expect(held.map(({ number }) => number)).toEqual([ACCOUNTS, ACCOUNTS]);
  });

  it('is not called from another number if no line of the account is free', async () => {
    const world = await AsksForOperator.calledFrom(ACCOUNTS, [OPERATOR]);
    const until = new Date(world.now.getTime() + 3_600_000);
    for (const line of await world.services.lines.list()) {
      if (line.number === ACCOUNTS && line.holder === '') {
        await world.services.lines.lease(line, 'flood|somebody|1', until, world.now);
      }
    }
    await world.presses2();
    expect(world.invitations).toEqual([]);
    expect(world.played).toContain(UNAVAILABLE);
  });

  it('who did not answer is not called again in it: the callee hears that nobody is available', async () => {
    const world = await AsksForOperator.calledFrom(ACCOUNTS, [OPERATOR]);
    const invitation = await world.presses2();
    await world.gets(invited('failed', invitation));
    expect(world.played).toContain(UNAVAILABLE);
    await world.presses2();
    expect(world.invitations).toHaveLength(1);
    expect(world.played).toContain(UNAVAILABLE);
  });

  it('for whom there was no line is called when the callee asks again', async () => {
    const world = await AsksForOperator.calledFrom(ACCOUNTS, [OPERATOR]);
    const until = new Date(world.now.getTime() + 3_600_000);
    const taken = (await world.services.lines.list()).filter(({ number, holder }) => number === ACCOUNTS && !holder);
    const held = await Promise.all(
      taken.map((line) => world.services.lines.lease(line, 'flood|somebody|1', until, world.now)),
    );
    await world.presses2();
    for (const line of held) if (line) await world.services.lines.free(line, world.now);
    await world.presses2();
    expect(world.invitations).toHaveLength(1);
  });

  it('is not the callee, whose number the account has dialled', async () => {
    const world = await AsksForOperator.calledFrom(ACCOUNTS, [ANN, OPERATOR]);
    await world.presses2();
    expect(world.invitations).toMatchObject([{ request: { participants: [OPERATOR] } }]);
  });

  it('by hand: an ACS user, and another caller number, are refused with the reason', async () => {
    const world = await AsksForOperator.calledFrom(ACCOUNTS, [OPERATOR]);
    const byHand = { callLegId: LEG, operationContext: 'by hand' };
    const user = world.handles('invite-participants', { ...byHand, participants: [USER] });
    await expect(user).rejects.toThrow(PHONES_ONLY);
    const other = { ...byHand, participants: [OPERATOR], alternateCallerId: { value: ACS } };
    await expect(world.handles('invite-participants', other)).rejects.toThrow(/alternateCallerId: .*resource account/);
    expect(world.invitations).toEqual([]);
  });
});

describe('an operator in a call from an ACS number', () => {
  it('is called again if the callee asks again', async () => {
    const world = await AsksForOperator.calledFrom(ACS, [OPERATOR]);
    await world.gets(invited('failed', await world.presses2()));
    await world.presses2();
    expect(world.invitations).toHaveLength(2);
  });

  it('is not called from an account if no line of ACS is free', async () => {
    const world = await AsksForOperator.calledFrom(ACS, [OPERATOR]);
    const until = new Date(world.now.getTime() + 3_600_000);
    for (const line of await world.services.lines.list()) {
      if (line.number === ACS && line.holder === '') {
        await world.services.lines.lease(line, 'flood|somebody|1', until, world.now);
      }
    }
    await world.presses2();
    expect(world.invitations).toEqual([]);
  });
});
