import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import type { CreateCallRequest, InviteParticipantsRequest } from '../../src/lib/call-automation/requests.ts';
import { notNow, Refusal } from '../base/refusal.ts';
import type { World } from './world.ts';

/**
 * Calls from a Teams resource account (Microsoft: Teams Phone extensibility). The account's own number is shown, so a request
 * that names one is refused. It calls telephones only, and each of them once in a call.
 */

/**
 * The call that an account places.
 * @throws Refusal if the account may not call here, or the request asks for what it cannot do.
 */
export function placedByAccount(
  { options, assignments }: Pick<World, 'options' | 'assignments'>,
  objectId: string,
  request: CreateCallRequest,
): CreateCallRequest {
  if (request.sourceAlternateIdentity || request.subject !== undefined) throw namesCaller();
  const number = options.resourceAccounts[objectId.toLowerCase()];
  if (number === undefined || assignments.get(objectId.toLowerCase()) !== 'teamsResourceAccount') {
    throw new Refusal(403, 'Forbidden', 'The Teams resource account is not assigned to this resource');
  }
  mustBePhonesCalledOnce(request.targets, []);
  return { ...request, source: { rawId: `28:orgid:${objectId}` }, sourceAlternateIdentity: { value: number } };
}

/**
 * An invitation to a call that an account has placed.
 * @param called the identities of everybody who was called in it so far.
 * @throws Refusal if the request asks for what an account cannot do.
 */
export function invitedByAccount(
  number: string,
  called: readonly string[],
  request: InviteParticipantsRequest,
): InviteParticipantsRequest {
  if (request.alternateCallerId) throw namesCaller();
  mustBePhonesCalledOnce(request.participants, called);
  return { ...request, alternateCallerId: { value: number } };
}

function mustBePhonesCalledOnce(people: readonly Identifier[], called: readonly string[]): void {
  if (people.some(({ phoneNumber }) => !phoneNumber)) throw cannot('calls telephones only');
  const all = [...called, ...people.map(identityOf)];
  if (new Set(all).size < all.length) throw cannot('calls a number only once in a call');
}

const namesCaller = (): Refusal =>
  notNow('InvalidRequest', 'Invalid request, SourceCallerIdNumber and SourceDisplayName are not supported');

const cannot = (what: string): Refusal => notNow('InvalidRequest', `A Teams resource account ${what}`);
