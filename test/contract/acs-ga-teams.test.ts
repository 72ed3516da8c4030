import { afterEach, beforeEach, expect, it } from 'vitest';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { acsGa, type GaOptions } from '../../src/lib/call-automation/ga/acs-ga.ts';
import type { CallAutomation, RequestIdentity } from '../../src/lib/call-automation/port.ts';
import { GaTelephone } from '../fixtures/ga-telephone.ts';

/** The port with callers that are Teams resource accounts: the requests that the official SDK sends for them. */

const ANN = '+14255550123';
const BOB = '+14255550124';
const EXPERT = { phoneNumber: { value: '+14255550134' } };
const ACCOUNT = '11111111-2222-4333-8444-555555555555';
const STRANGER = '99999999-2222-4333-8444-555555555555';
const ITS_NUMBER = '+14255550190';
const ACS_NUMBER = '+14255550100';

let telephone: GaTelephone;
beforeEach(async () => {
  telephone = await GaTelephone.start({ resourceAccounts: { [ACCOUNT]: ITS_NUMBER } });
});
afterEach(() => telephone.hangUpForGood());

const BOTH = [{ number: ITS_NUMBER, account: ACCOUNT }, { number: ACS_NUMBER }];

const adapter = (options: GaOptions = {}): CallAutomation =>
  acsGa({ connectionString: telephone.simulator.connectionString }, { maxRetries: 0, callers: BOTH, ...options });

const as = (identity: string): RequestIdentity => ({ identity, firstAskedAt: new Date('2026-01-05T08:00:00Z') });

const callFrom = (caller: string, callee: string) => ({
  targets: [{ phoneNumber: { value: callee } }],
  caller: caller,
  subject: 'Power cut',
  callbackUri: telephone.callbackUrl,
  reportsParticipants: false,
});

const asked = (operation: string) =>
  telephone.simulator.requests().filter((request) => request.operation === operation);

it('a call from an account names the account, and neither its number, nor a title, nor a user as its source', async () => {
  const calls = adapter({ sourceIdentity: '8:acs:ringdown' });
  const { callLegId } = await calls.createCall(callFrom(ITS_NUMBER, ANN), as('a'));
  await telephone.hears(callLegId, 'CallConnected');
  const [request] = asked('createCall');
  expect(request).toMatchObject({ status: 201, body: { teamsAppSource: { appId: ACCOUNT } } });
  for (const member of ['source', 'sourceCallerIdNumber', 'sourceDisplayName']) {
    expect(request?.body).not.toHaveProperty(member);
  }
  expect(telephone.simulator.calls().maxCallsInFlightByNumber).toEqual({ [ITS_NUMBER]: 1 });
});

it('calls from an account and from an ACS number are placed side by side', async () => {
  const calls = adapter();
  await calls.createCall(callFrom(ITS_NUMBER, ANN), as('a'));
  await calls.createCall(callFrom(ACS_NUMBER, BOB), as('b'));
  const [, request] = asked('createCall');
  expect(request?.body).toMatchObject({ sourceCallerIdNumber: { value: ACS_NUMBER }, sourceDisplayName: 'Power cut' });
  expect(request?.body).not.toHaveProperty('teamsAppSource');
  expect(telephone.simulator.calls().created).toEqual({ [ANN]: 1, [BOB]: 1 });
});

it('a repeated request from an account is the same call', async () => {
  const first = await adapter().createCall(callFrom(ITS_NUMBER, ANN), as('a'));
  expect(await adapter().createCall(callFrom(ITS_NUMBER, ANN), as('a'))).toEqual(first);
  expect(telephone.simulator.calls().created).toEqual({ [ANN]: 1 });
});

it('a phone is invited to such a call without a caller number', async () => {
  const calls = adapter();
  const { callLegId } = await calls.createCall(callFrom(ITS_NUMBER, ANN), as('a'));
  await telephone.hears(callLegId, 'CallConnected');
  const request = { participants: [EXPERT], caller: ITS_NUMBER, operationContext: 'invite-1' };
  await calls.inviteParticipants({ callLegId }, request, as('invite'));
  await telephone.hears(callLegId, 'AddParticipantSucceeded');
  expect(asked('inviteParticipants')[0]?.body).not.toHaveProperty('sourceCallerIdNumber');
});

it('an account that is not assigned is refused for a reason of ours', async () => {
  const calls = adapter({ callers: [{ number: ITS_NUMBER, account: STRANGER }] });
  const error = await calls.createCall(callFrom(ITS_NUMBER, ANN), as('a')).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CallAutomationError);
  expect(error).toMatchObject({ status: 403, means: 'denied', mayHaveHappened: false });
});

it('the port says what an account cannot do, and of whom it is one', () => {
  const [mixed, onlyAccounts] = [adapter(), adapter({ callers: BOTH.slice(0, 1) })];
  expect(mixed.abilitiesOf(ITS_NUMBER)).toMatchObject({ callsUsers: false, redials: false, shares: false });
  for (const caller of [ACS_NUMBER, undefined, '+14255550177']) {
    expect(mixed.abilitiesOf(caller)).toMatchObject({ callsUsers: true, redials: true, shares: true });
  }
  expect(onlyAccounts.abilitiesOf(undefined)).toMatchObject({ callsUsers: false });
  expect([mixed.joins, onlyAccounts.joins, adapter({ callers: [] }).joins]).toEqual([true, false, true]);
});
