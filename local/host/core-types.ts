/**
 * The types of `@azure/functions-core` that this host and the library `@azure/functions` exchange. Azure's Node worker
 * provides that module at run time and publishes no types on npm. The types mirror the messages between the Functions
 * host and its worker ("RPC"), so their members may be `null`.
 */

/** A value sent between host and worker. Exactly one member is set. */
export type RpcTypedData = {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  int?: number | null;
  double?: number | null;
  http?: RpcHttpData | null;
};

/** An optional string, wrapped to distinguish an empty string from none. */
export type RpcNullableString = {
  value?: string | null;
};

/** An HTTP request to a function, or its response. */
export type RpcHttpData = {
  method?: string | null;
  url?: string | null;
  body?: RpcTypedData | null;
  nullableHeaders?: Record<string, RpcNullableString> | null;
  nullableParams?: Record<string, RpcNullableString> | null;
  nullableQuery?: Record<string, RpcNullableString> | null;
  statusCode?: string | null;
  headers?: Record<string, string> | null;
  cookies?: RpcHttpCookie[] | null;
};

export type RpcHttpCookie = {
  name?: string | null;
  value?: string | null;
  domain?: RpcNullableString | null;
  path?: RpcNullableString | null;
  expires?: { value?: { seconds?: number | null } | null } | null;
  secure?: { value?: boolean | null } | null;
  httpOnly?: { value?: boolean | null } | null;
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone' | null;
  maxAge?: { value?: number | null } | null;
};

/** A named value: an input, or the data of an output binding. */
export type RpcParameterBinding = {
  name: string;
  data: RpcTypedData;
};

/** W3C trace context of an invocation. */
export type RpcTraceContext = {
  traceParent: string;
  traceState?: string;
  attributes: Record<string, string>;
};

/** Sent by the host to start an invocation. */
export type RpcInvocationRequest = {
  invocationId: string;
  functionId: string;
  inputData: RpcParameterBinding[];
  triggerMetadata: Record<string, RpcTypedData>;
  traceContext: RpcTraceContext;
  retryContext: null;
};

/** The result of an invocation. */
export type RpcInvocationResponse = {
  invocationId?: string | null;
  outputData?: RpcParameterBinding[] | null;
  returnValue?: RpcTypedData | null;
};

/** A trigger, input or output of a function. The other members depend on the type. */
export type BindingInfo = {
  type: string;
  direction: string;
  [member: string]: unknown;
};

/** Registered by `app.http()`, `app.storageQueue()` and so on. */
export type FunctionMetadata = {
  name: string;
  functionId?: string;
  bindings: Record<string, BindingInfo>;
  retryOptions?: unknown;
};

/** The app's handler, or a wrapper from a preInvocation hook. */
export type FunctionCallback = (...args: unknown[]) => unknown;

export type CoreLogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type CoreLogCategory = 'user' | 'system' | 'customMetric';
export type CoreLog = (level: CoreLogLevel, category: CoreLogCategory, message: string) => void;

/** Passed by the host to the library for an invocation. */
export type CoreInvocationContext = {
  invocationId: string;
  request: RpcInvocationRequest;
  metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'postInvocationHooks' | 'invocation' | undefined;
  log: CoreLog;
};

/** The library's side of one invocation. */
export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
};

/** The interface of the library to the host. */
export type ProgrammingModel = {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(
    defaults: Record<string, string>,
  ): Record<string, string> | undefined | Promise<Record<string, string> | undefined>;
};

export type HookData = Record<string, unknown>;
export type HookContext = {
  readonly hookData: HookData;
  readonly appHookData: HookData;
};
export type AppStartContext = HookContext & {
  functionAppDirectory: string;
};
export type HookName = 'preInvocation' | 'postInvocation' | 'appStart' | 'appTerminate' | 'log';
export type HookCallback = (context: HookContext) => unknown;
