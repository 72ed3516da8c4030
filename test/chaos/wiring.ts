import functions, { type InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { RingdownError, UnauthorizedError } from '../../src/lib/base/errors.ts';
import { parseCallEvents } from '../../src/lib/call-automation/callbacks.ts';
import type { CallAutomation } from '../../src/lib/call-automation/port.ts';
import { applyCallEvent } from '../../src/lib/calls/apply-event.ts';
import { named, performAction } from '../../src/lib/calls/perform-action.ts';
import { joinCall, startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import { startAttempt } from '../../src/lib/calls/start-attempt.ts';
import {
  addressOf,
  CancelMedia,
  HangUp,
  InviteParticipants,
  JoinCall,
  PlayAudio,
  RemoveParticipant,
  StartAttempt,
  StartRequestedCall,
} from '../../src/lib/rules/calls/actions.ts';
import { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { CallbackUris } from '../../src/lib/services/callback-uris.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { CallLegs } from '../../src/lib/storage/call-legs.ts';
import { CallRequests } from '../../src/lib/storage/call-requests.ts';
import { EndedCalls } from '../../src/lib/storage/ended-calls.ts';
import { Failures } from '../../src/lib/storage/failures.ts';
import { Lines } from '../../src/lib/storage/lines.ts';
import { OptOuts } from '../../src/lib/storage/opt-outs.ts';
import type { Outages } from '../../src/lib/storage/outages.ts';
import type { QueueName, QueueStore } from '../../src/lib/storage/queue-store.ts';
import { Recipients } from '../../src/lib/storage/recipients.ts';
import { ReliableQueues } from '../../src/lib/storage/reliable-queues.ts';
import { ReliableTables } from '../../src/lib/storage/reliable-tables.ts';
import type { TableStore } from '../../src/lib/storage/table-store.ts';
import { Tallies } from '../../src/lib/storage/tallies.ts';
import { measure } from '../../src/lib/telemetry/metrics.ts';
import { onMessage } from '../../src/lib/triggers/queue-messages.ts';
import type { Invocation } from './process.ts';

/**
 * The app put together as src/lib/app.ts does, on the ports of one run of a workflow, and its triggers as src/functions/*
 * have them. Those files cannot be used here: they make their services from the environment, once for good.
 */

/** What the ports of one run are. */
export type Ports = {
  readonly tables: TableStore;
  readonly queues: QueueStore;
  readonly calls: CallAutomation;
  readonly by: Invocation;
  readonly now: () => Date;
  readonly newId: () => string;
};

export type AppSettings = Services['settings'];

export const reliable = ({ tables, by, newId }: Ports): TableStore =>
  new ReliableTables(tables, (ms) => by.wait(ms), newId);

/** @param outages shared by everything that runs in one process: it remembers. */
export function composed(ports: Ports, tables: TableStore, outages: Outages, settings: AppSettings): Services {
  return {
    outages,
    recipients: new Recipients(tables),
    tallies: new Tallies(tables),
    endedCalls: new EndedCalls(tables),
    lines: new Lines(tables),
    legs: new CallLegs(tables),
    requests: new CallRequests(tables),
    optOuts: new OptOuts(tables),
    failures: new Failures(tables),
    queues: new ReliableQueues(ports.queues, (ms) => ports.by.wait(ms)),
    calls: ports.calls,
    callbacks: new PlainCallbackUris(ports.now),
    settings,
    now: ports.now,
  };
}

const BASE_URL = 'https://ringdown.example';

/** Tokens without a signature: real ones are made on other threads, whose order no seed decides. They have tests of their own. */
export class PlainCallbackUris extends CallbackUris {
  constructor(now: () => Date) {
    super(BASE_URL, { current: 'x'.repeat(32) }, now);
  }

  override async uriFor(purpose: CallPurpose): Promise<string> {
    return `${BASE_URL}/api/call-events/${Buffer.from(JSON.stringify(purpose)).toString('base64url')}`;
  }

  override async purposeOf(token: string): Promise<CallPurpose> {
    return purposeIn(token);
  }
}

/** What the call is for that is called back there. */
export const purposeOfUri = (uri: string): CallPurpose => purposeIn(uri.slice(uri.lastIndexOf('/') + 1));

function purposeIn(token: string): CallPurpose {
  const purpose = CallPurpose.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  if (!purpose.success) throw new UnauthorizedError('The callback has no valid token');
  return purpose.data;
}

/** How a callback was answered. */
export type Answered = { readonly status: number; readonly error?: unknown; readonly log: readonly string[] };

/** functions/callEvents.ts, with what lib/http.ts makes of an error. */
export async function callEvents(services: Services, token: string, body: unknown): Promise<Answered> {
  const log: string[] = [];
  try {
    const purpose = await services.callbacks.purposeOf(token);
    for (const event of parseCallEvents(body)) {
      const { result, why } = await applyCallEvent(services, purpose, event);
      log.push(`${result}: ${why}`);
    }
    return { status: 200, log };
  } catch (error) {
    return { status: error instanceof RingdownError ? error.httpStatus : 500, error, log };
  }
}

type OnMessage = (message: unknown, context: InvocationContext) => Promise<void>;

const errandsOf =
  (services: Services) =>
  (requestId: string): Promise<string> =>
    services.callbacks.uriFor({ kind: 'request', requestId, as: 'errand' });

/** The queue-triggered functions, each word for word as its file has it: wiring.test.ts compares them. */
const QUEUE_FUNCTIONS: Readonly<Record<QueueName, (services: Services) => OnMessage>> = {
  'start-call': (services) =>
    onMessage(services, 'start-call', z.union([StartAttempt, StartRequestedCall]), (message, messageId) =>
      'outageId' in message ? startAttempt(services, message) : startRequestedCall(services, message, messageId),
    ),
  'join-call': (services) =>
    onMessage(services, 'join-call', JoinCall, (message, messageId) => joinCall(services, message, messageId)),
  'play-audio': (services) =>
    onMessage(services, 'play-audio', PlayAudio, (given, messageId) => {
      const message = named(given, messageId);
      const { callLegId, answeredAt, ...audio } = message;
      return performAction(services, { queue: 'play-audio', address: callLegId, message }, async (as) => {
        await services.calls.playAudio(callLegId, audio, as);
        if (answeredAt) measure.firstAudio(services.now().getTime() - Date.parse(answeredAt));
      });
    }),
  'cancel-media': (services) =>
    onMessage(services, 'cancel-media', CancelMedia, (given, messageId) => {
      const message = named(given, messageId);
      const { callLegId, operationContext } = message;
      return performAction(services, { queue: 'cancel-media', address: callLegId, message }, (as) =>
        services.calls.cancelMediaProcessing(callLegId, operationContext, as),
      );
    }),
  'hang-up': (services) =>
    onMessage(services, 'hang-up', HangUp, (given, messageId) => {
      const message = named(given, messageId);
      const { callLegId, leave = false } = message;
      return performAction(services, { queue: 'hang-up', address: callLegId, message }, (as) =>
        services.calls.hangUp(callLegId, { leave }, as),
      );
    }),
  'remove-participant': (services) => {
    const callbackFor = errandsOf(services);
    return onMessage(services, 'remove-participant', RemoveParticipant, async (given, messageId) => {
      const message = named(given, messageId);
      const { id, address } = addressOf(message);
      const request = {
        participantId: message.participantId,
        operationContext: message.operationContext,
        ...(message.conversationId !== undefined && { callbackUri: await callbackFor(messageId) }),
      };
      return performAction(services, { queue: 'remove-participant', address: id, message }, (as) =>
        services.calls.removeParticipant(address, request, as),
      );
    });
  },
  'invite-participants': (services) => {
    const callerIdFor = ({ participants }: InviteParticipants): { value: string } | undefined => {
      const [caller] = services.settings.callers;
      return caller && participants.some(({ phoneNumber }) => phoneNumber) ? { value: caller.number } : undefined;
    };
    const callbackFor = errandsOf(services);
    return onMessage(services, 'invite-participants', InviteParticipants, async (given, messageId) => {
      const message = named(given, messageId);
      const { id, address } = addressOf(message);
      const request = {
        participants: message.participants,
        alternateCallerId: message.alternateCallerId ?? callerIdFor(message),
        operationContext: message.operationContext,
        ...(message.conversationId !== undefined && { callbackUri: await callbackFor(messageId) }),
      };
      return performAction(services, { queue: 'invite-participants', address: id, message }, (as) =>
        services.calls.inviteParticipants(address, request, as),
      );
    });
  },
};

/** One run of a queue-triggered function. @returns what it logged. @throws what it threw. */
export async function onQueue(
  queue: QueueName,
  services: Services,
  message: object,
  messageId: string,
): Promise<readonly string[]> {
  const log: string[] = [];
  const context = new functions.InvocationContext({
    functionName: queue,
    invocationId: messageId,
    triggerMetadata: { id: messageId },
    logHandler: (_level, ...words) => log.push(words.map(String).join(' ')),
  });
  await QUEUE_FUNCTIONS[queue](services)(message, context);
  return log;
}
