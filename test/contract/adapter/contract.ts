import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/lib/base/errors.ts';
import { CallAutomationError } from '../../../src/lib/call-automation/errors.ts';
import type { KnownCallEvent } from '../../../src/lib/call-automation/events.ts';
import { identityOf } from '../../../src/lib/call-automation/identifiers.ts';
import type { CallAutomation, RequestIdentity } from '../../../src/lib/call-automation/port.ts';
import { identityOfEvent } from '../../fixtures/ids.ts';

/**
 * What every adapter of the port must do, whatever the carrier: docs/adr/0036. The suite asks through the port, and reads our own
 * events, as the workflows do. A capability that an adapter does not have is not asked for.
 */

/** A telephone service with people, and an adapter that is bound to it. */
export type Bench = {
  readonly calls: CallAutomation;
  /** The same service, asked with a wrong key. */
  readonly stranger: CallAutomation;
  /** One of our numbers, E.164. */
  readonly caller: string;
  readonly callbackUri: string;
  /** The URL of silent audio. */
  audio(seconds: number): string;
  /** What a phone does when it rings. */
  person(number: string, does: Does): void;
  press(callLegId: string, key: string): void;
  /** How often each phone rang. */
  rang(): Readonly<Record<string, number>>;
  /** Waits for one of our events. */
  hears(is: (event: KnownCallEvent) => boolean, what: string): Promise<KnownCallEvent>;
  close(): Promise<void>;
};

export type Does = 'answers' | 'busy' | 'no answer' | 'declines' | 'unknown number';

const [ANN, OPERATOR] = ['+14255550123', '+14255550134'];

type Of<Type extends KnownCallEvent['type']> = Extract<KnownCallEvent, { type: Type }>;

let requests = 0;
const once = (): RequestIdentity => ({ identity: `request ${++requests}`, firstAskedAt: new Date() });

async function failureOf(work: Promise<unknown>): Promise<CallAutomationError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof CallAutomationError) return thrown;
  throw new Error(`no CallAutomationError: ${thrown}`);
}

/** @param open starts a service and an adapter for it. */
export function keepsTheContract(name: string, open: () => Promise<Bench>): void {
  describe(`the adapter of ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());

    const callTo = (number: string) => ({
      targets: [{ phoneNumber: { value: number } }],
      caller: bench.caller,
      subject: 'Power cut',
      callbackUri: bench.callbackUri,
      reportsParticipants: true,
    });
    const dials = async (number: string, as = once()): Promise<string> =>
      (await bench.calls.createCall(callTo(number), as)).callLegId;
    const stateIs = async (callLegId: string, state: string): Promise<Of<'CallLegStateChanged'>> => {
      const event = await bench.hears(
        ({ type, data }) => type === 'CallLegStateChanged' && data.callLegId === callLegId && data.callState === state,
        `state ${state}`,
      );
      if (event.type !== 'CallLegStateChanged') throw new Error('unreachable');
      return event;
    };
    const audioIs = async (context: string, ended: string | undefined) => {
      const event = await bench.hears(
        ({ type, data }) =>
          type === 'PlayAudioResult' && data.operationContext === context && (!ended || data.ended !== undefined),
        `end of ${context}`,
      );
      expect(event.data).toMatchObject(ended === undefined ? {} : { ended });
    };
    const answered = async (): Promise<string> => {
      bench.person(ANN, 'answers');
      const callLegId = await dials(ANN);
      await stateIs(callLegId, 'established');
      return callLegId;
    };

    it('calls a phone from our number, and says when somebody answers and when the call ends', async () => {
      const callLegId = await answered();
      expect(bench.rang()).toEqual({ [ANN]: 1 });
      await bench.calls.hangUp(callLegId, { leave: false }, once());
      const { data } = await stateIs(callLegId, 'terminated');
      expect(data.ending).toBeUndefined();
    });

    it.each([
      ['busy', 'busy'],
      ['no answer', 'noAnswer'],
      ['declines', 'declined'],
      ['unknown number', 'badNumber'],
    ] as const)('says why nobody answered: %s', async (does, means) => {
      bench.person(ANN, does);
      const { data } = await stateIs(await dials(ANN), 'terminated');
      expect(data.ending).toMatchObject({ means, code: expect.stringMatching(/\d/) });
      expect(data.codes).toContain(data.ending?.code);
    });

    it('plays a file to its end', async () => {
      const callLegId = await answered();
      const request = { audioFileUri: bench.audio(1), operationContext: 'message-1' };
      await bench.calls.playAudio(callLegId, request, once());
      await audioIs('message-1', 'completed');
    });

    it('reports the beginning of audio if it says so', async () => {
      const callLegId = await answered();
      if (!bench.calls.reportsAudioStart) return;
      const request = { audioFileUri: bench.audio(600), operationContext: 'message-1' };
      await bench.calls.playAudio(callLegId, request, once());
      await bench.hears(({ type, data }) => type === 'PlayAudioResult' && data.status === 'running', 'start of audio');
    });

    it('stops audio, and says that it was cancelled', async () => {
      const callLegId = await answered();
      const request = { audioFileUri: bench.audio(600), operationContext: 'message-1' };
      await bench.calls.playAudio(callLegId, request, once());
      await bench.calls.cancelMediaProcessing(callLegId, 'cancel-2', once());
      await bench.hears(
        ({ type, data }) => type === 'PlayAudioResult' && data.ended === 'cancelled',
        'cancelled audio',
      );
    });

    it('says a text, or refuses it before anything is asked', async () => {
      const callLegId = await answered();
      const request = { speech: { text: 'The power is out', voice: 'en-US-JennyNeural' }, operationContext: 'text-1' };
      const said = bench.calls.playAudio(callLegId, request, once());
      if (!bench.calls.speaks) return await expect(said).rejects.toThrow(InvalidInputError);
      await said;
      await audioIs('text-1', 'completed');
    });

    it('reports the callee’s keys as a person would write them, each once', async () => {
      const callLegId = await answered();
      if (!bench.calls.listens) return;
      const request = { audioFileUri: bench.audio(600), listen: true, operationContext: 'message-1' };
      await bench.calls.playAudio(callLegId, request, once());
      for (const key of ['1', '#', '1']) bench.press(callLegId, key);
      const heard: Of<'DtmfReceived'>[] = [];
      await bench.hears((event) => {
        if (event.type === 'DtmfReceived') heard.push(event);
        return new Set(heard.map((each) => identityOfEvent(each))).size === 3;
      }, 'three keys');
      const keys = new Map(heard.map((event) => [event.data.toneInfo.sequenceId, event.data.toneInfo.tone]));
      expect([...keys.entries()].sort(([a], [b]) => a - b).map(([, key]) => key)).toEqual(['1', '#', '1']);
    });

    it('adds a phone, says who is there, and removes it', async () => {
      bench.person(OPERATOR, 'answers');
      const callLegId = await answered();
      const participants = [{ phoneNumber: { value: OPERATOR } }];
      const invitation = { participants, caller: bench.caller, operationContext: 'invite-1' };
      await bench.calls.inviteParticipants({ callLegId }, invitation, once());
      const joined = await bench.hears(
        ({ type, data }) => type === 'InviteParticipantResult' && data.operationContext === 'invite-1',
        'answer to the invitation',
      );
      expect(joined.data).toMatchObject({ status: 'completed' });
      const withOperator = await bench.hears(
        (event) => event.type === 'ParticipantsUpdated' && idOf(event, OPERATOR) !== undefined,
        'the operator in the call',
      );
      const participantId = withOperator.type === 'ParticipantsUpdated' ? idOf(withOperator, OPERATOR) : undefined;
      await bench.calls.removeParticipant({ callLegId }, { participantId: participantId ?? '' }, once());
      await bench.hears(
        (event) =>
          event.type === 'ParticipantsUpdated' &&
          idOf(event, ANN) !== undefined &&
          idOf(event, OPERATOR) === undefined &&
          event.occurredAt > withOperator.occurredAt,
        'the operator gone',
      );
    });

    it('says that an invited phone declined', async () => {
      bench.person(OPERATOR, 'declines');
      const callLegId = await answered();
      const participants = [{ phoneNumber: { value: OPERATOR } }];
      const invitation = { participants, caller: bench.caller, operationContext: 'invite-1' };
      await bench.calls.inviteParticipants({ callLegId }, invitation, once());
      const declined = await bench.hears(({ type }) => type === 'InviteParticipantResult', 'answer');
      expect(declined.data).toMatchObject({ status: 'failed', operationContext: 'invite-1' });
    });

    it('calls once for a repeated request if it says so', async () => {
      if (!bench.calls.isRepeatable) return;
      bench.person(ANN, 'answers');
      const as = once();
      expect(await dials(ANN, as)).toBe(await dials(ANN, as));
      expect(bench.rang()).toEqual({ [ANN]: 1 });
    });

    it('refuses a second dial of a phone in a call if its caller cannot do that, for a reason of ours', async () => {
      if (bench.calls.abilitiesOf(bench.caller).redials) return;
      const callLegId = await answered();
      const participants = [{ phoneNumber: { value: ANN } }];
      const invitation = { participants, caller: bench.caller };
      const { means } = await failureOf(bench.calls.inviteParticipants({ callLegId }, invitation, once()));
      expect(means).toBe('ours');
    });

    it('says that a call is over, and only of one that is', async () => {
      const callLegId = await answered();
      await bench.calls.hangUp(callLegId, { leave: false }, once());
      await stateIs(callLegId, 'terminated');
      const request = { audioFileUri: bench.audio(1) };
      expect((await failureOf(bench.calls.playAudio(callLegId, request, once()))).means).toBe('over');
      bench.person(OPERATOR, 'no answer');
      const ringing = await dials(OPERATOR);
      expect((await failureOf(bench.calls.playAudio(ringing, request, once()))).means).not.toBe('over');
    });

    it('says that our key is wrong, and that nothing was done', async () => {
      const failure = await failureOf(bench.stranger.createCall(callTo(ANN), once()));
      expect(failure).toMatchObject({ means: 'denied', mayHaveHappened: false });
      expect(bench.rang()).toEqual({});
    });

    it('never shows a number in an error', async () => {
      const failure = await failureOf(bench.stranger.createCall(callTo(ANN), once()));
      expect(`${failure.message} ${failure.code}`).not.toMatch(/5550123|5550190/);
    });

    it('gives the same event again the same identity', async () => {
      const callLegId = await answered();
      const first = await stateIs(callLegId, 'established');
      expect(identityOfEvent(first)).toBe(identityOfEvent({ ...first, occurredAt: new Date(0).toISOString() }));
    });
  });
}

const idOf = ({ data }: Of<'ParticipantsUpdated'>, number: string): string | undefined =>
  data.participants.find(({ identifier }) => identityOf(identifier) === number)?.participantId;
