import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import type { CallLeg } from '../service/call.ts';
import type { LegState } from '../service/news.ts';
import { identifierBody, rawIdOf } from './dialect.ts';

const STATES: Readonly<Record<LegState, string>> = {
  Establishing: 'connecting',
  Established: 'connected',
  Terminating: 'disconnecting',
  Terminated: 'disconnected',
};

/** The properties of a call: the answer to placing it and to reading it. */
export function properties({ id, record, conversation, identifier, isFromTeams }: CallLeg): object {
  const { callerNumber, callbackUri, state, targets } = record;
  return {
    callConnectionId: id,
    serverCallId: conversation.id,
    targets: targets.map((target) => identifierBody(identifierOf(target))),
    callConnectionState: STATES[state],
    callbackUri,
    source: { ...identifierBody(identifier), rawId: rawIdOf(identifier) },
    correlationId: id,
    ...(callerNumber !== null && !isFromTeams && { sourceCallerIdNumber: { value: callerNumber } }),
  };
}

const identifierOf = (identity: string): Identifier =>
  identity.startsWith('+') ? { phoneNumber: { value: identity } } : { communicationUser: { id: identity } };
