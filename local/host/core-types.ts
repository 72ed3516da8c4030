/**
 * The part of the module `@azure/functions-core` that this host and the library `@azure/functions` say to each other.
 *
 * Azure's Node worker serves that module at run time only and publishes no types on npm, so the few shapes needed are
 * written down here. They mirror the messages between the Functions host and its worker ("RPC"), which is why members
 * may be `null`.
 */

/** One value on its way between host and worker: exactly one member is set. */
export interface RpcTypedData {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  int?: number | null;
  double?: number | null;
  http?: RpcHttpData | null;
}

/** A string that may be absent; wrapped so that an empty string differs from none. */
export interface RpcNullableString {
  value?: string | null;
}

/** An HTTP request on its way to a function, or a response on its way back. */
export interface RpcHttpData {
  method?: string | null;
  url?: string | null;
  body?: RpcTypedData | null;
  nullableHeaders?: Record<string, RpcNullableString> | null;
  nullableParams?: Record<string, RpcNullableString> | null;
  nullableQuery?: Record<string, RpcNullableString> | null;
  statusCode?: string | null;
  headers?: Record<string, string> | null;
  cookies?: RpcHttpCookie[] | null;
}

/** A cookie of a response. */
export interface RpcHttpCookie {
  name?: string | null;
  value?: string | null;
  domain?: RpcNullableString | null;
  path?: RpcNullableString | null;
  expires?: { value?: { seconds?: number | null } | null } | null;
  secure?: { value?: boolean | null } | null;
  httpOnly?: { value?: boolean | null } | null;
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone' | null;
  maxAge?: { value?: number | null } | null;
}

/** A named value: an input, or the data of an output binding. */
export interface RpcParameterBinding {
  name: string;
  data: RpcTypedData;
}

/** W3C trace context of an invocation. */
export interface RpcTraceContext {
  traceParent: string;
  traceState?: string;
  attributes: Record<string, string>;
}

/** What the host sends to start one invocation. */
export interface RpcInvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: RpcParameterBinding[];
  triggerMetadata: Record<string, RpcTypedData>;
  traceContext: RpcTraceContext;
  retryContext: null;
}

/** What comes back from one invocation. */
export interface RpcInvocationResponse {
  invocationId?: string | null;
  outputData?: RpcParameterBinding[] | null;
  returnValue?: RpcTypedData | null;
}

/** A trigger, input or output of a function; the members beyond these depend on the type. */
export interface BindingInfo {
  type: string;
  direction: string;
  [member: string]: unknown;
}

/** What `app.http()`, `app.storageQueue()` and the rest register. */
export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, BindingInfo>;
  retryOptions?: unknown;
}

/** The user's handler, or the wrapper that a preInvocation hook put around it. */
export type FunctionCallback = (...args: unknown[]) => unknown;

export type CoreLogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type CoreLogCategory = 'user' | 'system' | 'customMetric';
export type CoreLog = (level: CoreLogLevel, category: CoreLogCategory, message: string) => void;

/** What the host hands to the library for one invocation. */
export interface CoreInvocationContext {
  invocationId: string;
  request: RpcInvocationRequest;
  metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'postInvocationHooks' | 'invocation' | undefined;
  log: CoreLog;
}

/** The library's side of one invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
}

/** The library as the host sees it. */
export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(
    defaults: Record<string, string>,
  ): Record<string, string> | undefined | Promise<Record<string, string> | undefined>;
}

export type HookData = Record<string, unknown>;
export interface HookContext {
  readonly hookData: HookData;
  readonly appHookData: HookData;
}
export interface AppStartContext extends HookContext {
  functionAppDirectory: string;
}
export type HookName = 'preInvocation' | 'postInvocation' | 'appStart' | 'appTerminate' | 'log';
export type HookCallback = (context: HookContext) => unknown;
