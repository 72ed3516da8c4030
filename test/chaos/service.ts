import type { Dialect, News } from '../../simulator/service/news.ts';
import { REASONS } from '../../simulator/service/reasons.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import type { TeamsAccounts } from '../../src/lib/call-automation/ga/accounts.ts';
import { MEANINGS_GA } from '../../src/lib/call-automation/ga/meanings.ts';
import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import { isOurFault, meaningOfRefusal } from '../../src/lib/call-automation/meaning.ts';
import { MEANINGS_2021 } from '../../src/lib/call-automation/meanings-2021.ts';
import type {
  CallAddress,
  CallAutomation,
  CallerAbilities,
  EnterCallRequest,
  InviteRequest,
  PlaceCallRequest,
  PlayRequest,
  RemoveParticipantRequest,
  RequestIdentity,
} from '../../src/lib/call-automation/port.ts';
import type { CallLegResponse, OperationResponse } from '../../src/lib/call-automation/requests.ts';
import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { type About, Call, type CallParts, type Operation } from './call.ts';
import { ENDED, type Misconfiguration, NOT_ASSIGNED, REFUSED } from './misconfiguration.ts';
import type { Failure, Temper } from './people.ts';
import type { Ground, Invocation, Request } from './process.ts';
import { drawRefusal, type OperationName, of, type Refusal, refusalOfState, refusalToEnd } from './refusals.ts';

/** The app as a participant. */
const SOURCE: Identifier = { communicationUser: { id: '8:acs:ringdown' } };

/** An event of a call. The service posts it until the app answers. */
export type ServiceEvent = {
  readonly call: Call;
  readonly about: About;
  readonly type: string;
  readonly body: object;
  /** A process began to handle it. */
  isReceived: boolean;
  /** When a process first began to apply it, ms since the epoch. */
  receivedAt?: number;
  /** When it was recorded, ms since the epoch. */
  recordedAt?: number;
  /** The app answered 200. */
  isAccepted: boolean;
};

/** A request for a call that was refused: there is no call. */
export type Refused = {
  readonly purpose: CallPurpose;
  readonly number: string | undefined;
  readonly at: number;
  readonly isOurs: boolean;
};

/** What the service needs from its world, and the checks that it informs. */
export type ServiceWorld = {
  readonly ground: Ground;
  /** The API of the service. */
  readonly dialect: Dialect;
  /** Which callers are Teams resource accounts. */
  readonly accounts: TeamsAccounts;
  /** The service's limit of calls at once from a number. */
  linesOf(number: string): number;
  /** What the service does with calls from this number, if it is misconfigured now. */
  treatmentOf(number: string | undefined): Misconfiguration['how'] | undefined;
  temperOf(identity: string): Temper;
  /** The service refuses to end this call. */
  isStubborn(callId: string): boolean;
  purposeOf(callbackUri: string): CallPurpose;
  /** Resolves to the status of the answer, or 0 if the process dies or none is alive. */
  post(event: ServiceEvent): Promise<number>;
  isToBePlaced(parts: CallParts, inFlight: readonly Call[]): void;
  isToBeInvited(
    call: Call,
    who: readonly Identifier[],
    number: string | undefined,
    by: Invocation,
    inFlight: readonly Call[],
  ): void;
  isPlaced(call: Call): void;
  /** A call from this number was refused, because it is misconfigured. */
  isRefused(number: string): void;
  isDone(call: Call, operation: Operation): void;
};

const TRIES = 4;
const BACK_OFF_MS = 1_000;
const RESENDS = 3;
const RESEND_MS = 500;
/** The client gives up after this, even if Retry-After is longer (transport.ts). */
const PATIENCE_MS = 60_000;
/** The client waits this long for an answer (transport.ts). */
const TIME_OUT_MS = 15_000;

/** A simulated Call Automation service: its calls, and the callbacks that it posts. */
export class Service {
  readonly calls: Call[] = [];
  readonly events: ServiceEvent[] = [];
  /** Requests for calls that were refused. */
  readonly refusals: Refused[] = [];
  readonly #byIdentity = new Map<string, Call>();
  #stamps = 0;
  readonly #doneByIdentity = new Map<string, Operation>();
  readonly #world: ServiceWorld;

  constructor(world: ServiceWorld) {
    this.#world = world;
  }

  /** Today's API carries out a repeated request once. The API of 2021 does not recognise it. */
  get isRepeatable(): boolean {
    return this.#world.dialect.name === 'ga';
  }

  get isGa(): boolean {
    return this.#world.dialect.name === 'ga';
  }

  get reportsAudioStart(): boolean {
    return this.isGa;
  }

  /** The error that the app's client makes of a refusal. */
  refused(operation: OperationName, { status, code }: Refusal, retryAfterMs?: number): CallAutomationError {
    return new CallAutomationError({
      operation,
      status,
      code,
      means: meaningOfRefusal(this.isGa ? MEANINGS_GA : MEANINGS_2021, status, code),
      message: 'refused',
      requestId: 'request',
      retryAfterMs,
      mayHaveHappened: status >= 500 || status === 408,
    });
  }

  find(callLegId: string): Call | undefined {
    return this.calls[Number(callLegId.split('-')[1]) - 1];
  }

  get inFlight(): Call[] {
    return this.calls.filter(({ endedAt }) => endedAt === undefined);
  }

  createCall(request: PlaceCallRequest, by: Invocation, asked: RequestIdentity): Call {
    return this.#once(asked, () => this.#createCall(request, by));
  }

  /** A repeated request returns the first call, in its present state. */
  #once({ identity }: RequestIdentity, place: () => Call): Call {
    const call = (this.isRepeatable && this.#byIdentity.get(identity)) || place();
    this.#byIdentity.set(identity, call);
    return call;
  }

  #createCall(request: PlaceCallRequest, by: Invocation): Call {
    const [target] = request.targets;
    const isPhone = request.targets.some(({ phoneNumber }) => phoneNumber !== undefined);
    const number = isPhone ? request.caller : undefined;
    const parts = this.#partsOf(request, by, target, number);
    const inFlight = this.inFlight;
    this.#world.isToBePlaced(parts, inFlight);
    const treatment = this.#world.treatmentOf(number);
    if (treatment === 'ended') return this.#turnAway(parts, ENDED);
    if (treatment === 'refused') {
      this.#world.isRefused(number ?? '');
      throw this.refused('createCall', parts.isFromTeams ? NOT_ASSIGNED : REFUSED);
    }
    const taken = number === undefined ? 0 : callsFrom(number, inFlight);
    const isTooMany = number !== undefined && taken >= this.#world.linesOf(number);
    if (isTooMany && this.#world.dialect.refusesCallsTooMany) {
      throw this.refused('createCall', of(429, 'ConcurrentCallLimitExceeded'), 1_000);
    }
    if (isTooMany) return this.#turnAway(parts, REASONS.overLimit);
    const call = this.#place(parts);
    for (const who of request.targets) call.ring(who, this.#world.temperOf(identityOf(who)));
    return call;
  }

  noteRefusal({ callbackUri, caller }: PlaceCallRequest, { means }: CallAutomationError): void {
    this.refusals.push({
      purpose: this.#world.purposeOf(callbackUri),
      number: caller,
      at: this.#world.ground.clock.now,
      isOurs: isOurFault(means),
    });
  }

  joinCall(request: EnterCallRequest, by: Invocation, asked: RequestIdentity): Call {
    return this.#once(asked, () => this.#joinCall(request, by));
  }

  #joinCall(request: EnterCallRequest, by: Invocation): Call {
    const parts = this.#partsOf(request, by, undefined, undefined);
    this.#world.isToBePlaced(parts, this.inFlight);
    const call = this.#place(parts);
    call.join();
    return call;
  }

  /**
   * Changes a call in progress.
   * @param identity set if a repeated request must be carried out once.
   * @throws CallAutomationError if the call is not in progress.
   */
  act(
    name: OperationName,
    callLegId: string,
    context: string | undefined,
    by: Invocation,
    what: (call: Call) => void,
    identity?: string,
  ): Operation {
    const before = this.isRepeatable && identity !== undefined && this.#doneByIdentity.get(identity);
    if (before) return before;
    const call = this.find(callLegId);
    if (!call) throw this.refused(name, refusalOfState(this.isGa, true, this.#world.ground.random));
    const isPossible = name === 'hangUp' ? !call.isOver : call.isEstablished;
    if (name === 'hangUp' && isPossible && call.isStubborn) throw this.refused(name, refusalToEnd(this.isGa));
    const operation: Operation = { name, context, by, isDone: isPossible, isAnswered: false };
    call.operations.push(operation);
    if (!isPossible) {
      throw this.refused(name, refusalOfState(this.isGa, call.isOver, this.#world.ground.random));
    }
    what(call);
    this.#world.isDone(call, operation);
    if (identity !== undefined) this.#doneByIdentity.set(identity, operation);
    return operation;
  }

  /** An operator's telephone is one more call of the number. */
  isToBeInvited(call: Call, who: readonly Identifier[], number: string | undefined, by: Invocation): void {
    this.#world.isToBeInvited(call, who, number, by, this.inFlight);
  }

  get accounts(): TeamsAccounts {
    return this.#world.accounts;
  }

  temperOf(identity: string): Temper {
    return this.#world.temperOf(identity);
  }

  #place(parts: CallParts): Call {
    const call = this.#made(parts);
    this.#world.isPlaced(call);
    return call;
  }

  /** The call has an id and events, but no phone rings, so it does not count as placed. */
  #turnAway(parts: CallParts, why: Failure): Call {
    const call = this.#made(parts);
    call.end(why);
    return call;
  }

  #made(parts: CallParts): Call {
    const call = new Call(parts, this.#world.ground, (...told) => this.#tell(...told));
    call.isStubborn = this.#world.isStubborn(parts.id);
    this.calls.push(call);
    return call;
  }

  #partsOf(
    request: PlaceCallRequest | EnterCallRequest,
    placedBy: Invocation,
    target: Identifier | undefined,
    number: string | undefined,
  ): CallParts {
    return {
      id: `leg-${this.calls.length + 1}`,
      purpose: this.#world.purposeOf(request.callbackUri),
      source: SOURCE,
      target,
      number,
      isFromTeams: number !== undefined && this.accounts.idOf(number) !== undefined,
      placedBy,
      callbackUri: request.callbackUri,
      requestedEvents: request.reportsParticipants ? ['participantsUpdated', 'dtmfReceived'] : ['dtmfReceived'],
    };
  }

  // --- Callbacks

  #tell(call: Call, news: News, about: About): void {
    const { clock } = this.#world.ground;
    const stamp = () => ({ id: `event-${++this.#stamps}`, at: clock.date });
    for (const { type, event } of this.#world.dialect.word(news, call.facts, stamp)) {
      this.#post({ call, about, type, body: [event], isReceived: false, isAccepted: false });
    }
  }

  #post(event: ServiceEvent): void {
    const { clock, faults, random } = this.#world.ground;
    this.events.push(event);
    if (faults.strikes('callbackLost')) {
      this.#note(event, 'is lost');
      return;
    }
    const delayMs = random.int(5, 250) + (faults.strikes('callbackDelayed') ? random.int(1_000, 600_000) : 0);
    clock.after(delayMs, () => this.#deliver(event, 1));
    if (faults.strikes('callbackDoubled')) clock.after(delayMs + random.int(0, 20_000), () => this.#deliver(event, 1));
  }

  #deliver(event: ServiceEvent, tries: number): void {
    void this.#world.post(event).then((status) => {
      if (status === 200) event.isAccepted = true;
      const isWorthAnotherTry = status === 0 || status >= 500;
      if (!isWorthAnotherTry) return;
      if (tries === TRIES) return this.#note(event, 'is given up');
      this.#world.ground.clock.after(BACK_OFF_MS * 2 ** (tries - 1), () => this.#deliver(event, tries + 1));
    });
  }

  #note({ call, about }: ServiceEvent, what: string): void {
    const { trace, clock } = this.#world.ground;
    trace.add(clock.now, call.id, () => `the callback "${about.what}" ${what}`);
  }
}

const noAnswer = (operation: string, mayHaveHappened: boolean): CallAutomationError =>
  new CallAutomationError({
    operation,
    status: 0,
    code: mayHaveHappened ? 'ETIMEDOUT' : 'ECONNREFUSED',
    means: 'unreachable',
    message: 'the service did not answer',
    requestId: 'request',
    mayHaveHappened,
  });

/** How many telephones are called from a number, operators' included. */
export const callsFrom = (number: string, calls: readonly Call[]): number =>
  calls.flatMap((call) => [call.parts.number, ...call.operatorsFrom.values()]).filter((from) => from === number).length;

/** The service as one run sees it through the client, which retries all requests except createCall and joinCall. */
export class AskedService implements CallAutomation {
  readonly isRepeatable: boolean;
  readonly speaks = false;
  readonly listens = true;
  readonly reportsAudioStart: boolean;
  readonly joins: boolean;
  readonly #service: Service;
  readonly #by: Invocation;
  readonly #ground: Ground;

  constructor(service: Service, by: Invocation, ground: Ground) {
    this.isRepeatable = service.isRepeatable;
    this.reportsAudioStart = service.reportsAudioStart;
    this.joins = service.accounts.joins;
    this.#service = service;
    this.#by = by;
    this.#ground = ground;
  }

  abilitiesOf(caller: string | undefined): CallerAbilities {
    return this.#service.accounts.abilitiesOf(caller);
  }

  createCall(request: PlaceCallRequest, asked: RequestIdentity): Promise<CallLegResponse> {
    return this.#place('createCall', () => this.#service.createCall(request, this.#by, asked)).catch(
      (error: unknown) => {
        if (error instanceof CallAutomationError) this.#service.noteRefusal(request, error);
        throw error;
      },
    );
  }

  joinCall(_conversationId: string, request: EnterCallRequest, asked: RequestIdentity): Promise<CallLegResponse> {
    return this.#place('joinCall', () => this.#service.joinCall(request, this.#by, asked));
  }

  hangUp(callLegId: string): Promise<void> {
    // The request has no operation context, so the service does not see the action's name.
    return this.#act('hangUp', callLegId, undefined, (call) => call.end());
  }

  async playAudio(callLegId: string, request: PlayRequest): Promise<OperationResponse> {
    await this.#act('playAudio', callLegId, request.operationContext, (call) => call.play(request));
    return { id: 'operation', status: 'running', operationContext: request.operationContext };
  }

  async cancelMediaProcessing(callLegId: string, operationContext?: string): Promise<OperationResponse> {
    await this.#act('cancelMedia', callLegId, operationContext, (call) => call.cancelAudio());
    return { id: 'operation', status: 'running', operationContext };
  }

  /** The API of 2021 invites all at once, today's one by one. */
  async inviteParticipants(
    address: CallAddress,
    { participants, operationContext, caller }: InviteRequest,
    { identity }: RequestIdentity,
  ): Promise<void> {
    const invitations = this.isRepeatable ? participants.map((participant) => [participant]) : [participants];
    for (const invited of invitations) {
      const tempers = invited.map((who) => this.#service.temperOf(identityOf(who)));
      const invite = (call: Call): void => {
        // Inviting somebody whose telephone rings already calls nobody.
        const isNews = invited.some((who) => !call.operatorsFrom.has(identityOf(who)));
        if (isNews) this.#service.isToBeInvited(call, invited, caller, this.#by);
        call.invite(invited, operationContext, tempers, caller);
      };
      await this.#act(
        'invite',
        legOf(address),
        operationContext,
        invite,
        `${identity} participant ${invited.map(identityOf)}`,
      );
    }
  }

  removeParticipant(
    address: CallAddress,
    { participantId }: RemoveParticipantRequest,
    { identity }: RequestIdentity,
  ): Promise<void> {
    const remove = (call: Call): void => {
      if (!call.remove(participantId))
        throw this.#service.refused('remove', this.#service.isGa ? of(404, 8522) : of(400, 'ParticipantNotFound'));
    };
    return this.#act('remove', legOf(address), undefined, remove, identity);
  }

  async #place(name: OperationName, place: () => Call): Promise<CallLegResponse> {
    const call = await this.#by.ask('service', { what: () => name, effect: place, trouble: this.#trouble(name) });
    call.isAnswerDelivered = true;
    return { callLegId: call.id };
  }

  async #act(
    name: OperationName,
    callLegId: string,
    context: string | undefined,
    what: (call: Call) => void,
    identity?: string,
  ): Promise<void> {
    const { clock } = this.#ground;
    const deadline = clock.now + PATIENCE_MS;
    for (let tries = 0; ; tries++) {
      try {
        const operation = await this.#by.ask('service', {
          what: () => `${name} ${callLegId} ${context ?? ''}`,
          effect: () => this.#service.act(name, callLegId, context, this.#by, what, identity),
          trouble: this.#trouble(name),
        });
        operation.isAnswered = true;
        return;
      } catch (error) {
        if (!isWorthAnotherTry(error) || tries === RESENDS) throw error;
        const pause = error.retryAfterMs ?? RESEND_MS * 2 ** tries;
        if (clock.now + pause > deadline) throw error;
        await this.#by.wait(pause);
      }
    }
  }

  #trouble(name: OperationName): Request<never>['trouble'] {
    const { faults, random } = this.#ground;
    switch (faults.oneOf(SERVICE_FAULTS)) {
      case 'throttled':
        return {
          isDone: false,
          error: this.#service.refused(name, of(429, 'TooManyRequests'), random.int(1, 40) * 1000),
        };
      case 'serviceFailed':
        return { isDone: false, error: this.#service.refused(name, of(500, 'InternalServerError')) };
      case 'serviceUnreachable':
        return { isDone: false, error: noAnswer(name, false) };
      case 'serviceAnswerLost':
        return { isDone: true, error: noAnswer(name, true) };
      case 'serviceHangs':
        return { isDone: random.chance(0.5), error: noAnswer(name, true), afterMs: TIME_OUT_MS };
      case 'refused':
        return { isDone: false, error: this.#service.refused(name, drawRefusal(this.#service.isGa, name, random)) };
      case undefined:
        return undefined;
    }
  }
}

const SERVICE_FAULTS = [
  'throttled',
  'serviceFailed',
  'serviceUnreachable',
  'serviceAnswerLost',
  'serviceHangs',
  'refused',
] as const;

/** Out of call, the conversation id names the call. */
const legOf = (address: CallAddress): string =>
  'callLegId' in address ? address.callLegId : address.conversationId.replace('conversation-of-', '');

const isWorthAnotherTry = (error: unknown): error is CallAutomationError =>
  error instanceof CallAutomationError && (error.status === 0 || error.status === 429 || error.status >= 500);
