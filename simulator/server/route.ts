import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import {
  CancelMediaProcessingRequest,
  CreateCallRequest,
  InviteParticipantsRequest,
  JoinCallRequest,
  PlayAudioRequest,
} from '../../src/lib/call-automation/requests.ts';
import { checked } from '../base/refusal.ts';
import type { Exchange } from '../service/exchange.ts';
import { DIALECT_2021 } from '../wire-2021/dialect.ts';

/** The parts of a path that a route leaves open, by name. */
export type Params = {
  readonly [name in 'callLegId' | 'conversationId' | 'participantId' | 'file' | 'who' | 'sound']: string;
};

/** Something that can be asked for over HTTP. `Context` is what it is carried out on. */
export type Route<Context> = {
  readonly name: string;
  readonly method: string;
  /** `{name}` stands for any one segment, `{name}:action` for one that ends so. */
  readonly path: string;
  readonly status: number;
  /** Gives the answer's body. Throws a Refusal. */
  readonly handle: (context: Context, params: Params, body: unknown, headers: IncomingHttpHeaders) => unknown;
};

/** A route whose body is checked against a schema before anything is done. */
export function route<Context, Body>(
  about: Omit<Route<Context>, 'handle'> & {
    readonly body: z.ZodType<Body>;
    readonly run: (context: Context, params: Params, body: Body, headers: IncomingHttpHeaders) => unknown;
  },
): Route<Context> {
  const { body: schema, run, ...rest } = about;
  return { ...rest, handle: (context, params, body, headers) => run(context, params, checked(schema, body), headers) };
}

const BY = { dialect: DIALECT_2021, speaks: false };

const NoBody = z.unknown();

/** The nine operations of the reference page. */
export const OPERATIONS_2021: readonly Route<Exchange>[] = [
  route({
    name: 'createCall',
    method: 'POST',
    path: '/calling/calls',
    status: 200,
    body: CreateCallRequest,
    run: (exchange, _, body) => exchange.createCall(body, BY),
  }),
  route({
    name: 'hangUp',
    method: 'POST',
    path: '/calling/calls/{callLegId}/Hangup',
    status: 202,
    body: NoBody,
    run: (exchange, { callLegId }) => exchange.hangUp(callLegId),
  }),
  route({
    name: 'playAudio',
    method: 'POST',
    path: '/calling/calls/{callLegId}/PlayAudio',
    status: 202,
    body: PlayAudioRequest,
    run: (exchange, { callLegId }, { audioFileUri, loop = false, operationContext = null }) =>
      exchange.play(callLegId, { source: audioFileUri, loop, operationContext }),
  }),
  route({
    name: 'cancelMediaProcessing',
    method: 'POST',
    path: '/calling/calls/{callLegId}/CancelMediaProcessing',
    status: 202,
    // Its one member is optional, so nothing at all will do.
    body: CancelMediaProcessingRequest.default({}),
    run: (exchange, { callLegId }, body) => exchange.cancelMediaProcessing(callLegId, body.operationContext),
  }),
  route({
    name: 'inviteParticipants',
    method: 'POST',
    path: '/calling/calls/{callLegId}/participants',
    status: 202,
    body: InviteParticipantsRequest,
    run: (exchange, { callLegId }, body) => exchange.inviteParticipants(callLegId, body),
  }),
  route({
    name: 'removeParticipant',
    method: 'DELETE',
    path: '/calling/calls/{callLegId}/participants/{participantId}',
    status: 202,
    body: NoBody,
    run: (exchange, { callLegId, participantId }) => exchange.removeParticipant(callLegId, participantId),
  }),
  route({
    name: 'joinCall',
    method: 'POST',
    path: '/calling/conversations/{conversationId}/join',
    status: 200,
    body: JoinCallRequest,
    run: (exchange, { conversationId }, body) => exchange.joinCall(conversationId, body, BY),
  }),
  route({
    name: 'inviteToConversation',
    method: 'POST',
    path: '/calling/conversations/{conversationId}/participants',
    status: 202,
    body: InviteParticipantsRequest,
    run: (exchange, { conversationId }, body) => exchange.inviteToConversation(conversationId, body),
  }),
  route({
    name: 'removeFromConversation',
    method: 'DELETE',
    path: '/calling/conversations/{conversationId}/participants/{participantId}',
    status: 202,
    body: NoBody,
    run: (exchange, { conversationId, participantId }) =>
      exchange.removeFromConversation(conversationId, participantId),
  }),
];

/** Finds the route of a request, with what stands in its open parts. */
export function findRoute<Context>(
  routes: readonly Route<Context>[],
  method: string,
  pathname: string,
): { route: Route<Context>; params: Params } | undefined {
  for (const candidate of routes) {
    const params = candidate.method === method ? paramsOf(candidate.path, pathname) : undefined;
    if (params) return { route: candidate, params };
  }
  return undefined;
}

function paramsOf(pattern: string, pathname: string): Params | undefined {
  const wanted = pattern.split('/');
  const given = pathname.split('/');
  if (wanted.length !== given.length) return undefined;
  const open: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = decoded(given[index] ?? '');
    const [, name, action = ''] = /^\{(.+)\}(:.+)?$/.exec(part) ?? [];
    if (segment === undefined || (name ? !isSegment(segment, action) : segment !== part)) return undefined;
    if (name) open[name] = segment.slice(0, segment.length - action.length);
  }
  return { callLegId: '', conversationId: '', participantId: '', file: '', who: '', sound: '', ...open };
}

/** Something, and then the action if there is one: `{id}:play`. */
const isSegment = (segment: string, action: string): boolean =>
  segment.length > action.length && segment.endsWith(action);

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
