import type { LoadedApp } from './app-loader.ts';
import type {
  CoreInvocationContext,
  CoreLog,
  HookContext,
  HookData,
  RpcInvocationRequest,
  RpcInvocationResponse,
} from './core-types.ts';
import type { HostSettings } from './host-json.ts';
import { fromCoreLevel, isLogged, type Log } from './log.ts';

/**
 * Runs a function through the app's library, with the same steps as Azure's Node worker.
 * @throws what the handler or a hook throws.
 */
export async function runFunction(
  { worker, model }: LoadedApp,
  request: RpcInvocationRequest,
  log: Log,
  levels: HostSettings['logLevel'],
): Promise<RpcInvocationResponse> {
  const registered = worker.functions.get(request.functionId);
  if (!model || !registered) throw new Error('The app did not load @azure/functions.');
  const { metadata, handler } = registered;
  const hookData: HookData = {};
  const shared: HookContext = { hookData, appHookData: worker.appHookData };
  let invocationContext: unknown;
  const coreLog: CoreLog = (level, category, message) => {
    // Log hooks may change the line; they are not awaited (library docs: `app.hook.log`).
    const line = { ...shared, level, message, category, invocationContext };
    for (const hook of worker.hooks('log')) hook(line);
    if (!isLogged(`Function.${metadata.name}.User`, line.level, levels)) return;
    log[fromCoreLevel(line.level)](`[${metadata.name}] ${line.message}`);
  };

  const core: CoreInvocationContext = { invocationId: request.invocationId, metadata, request, log: coreLog };
  const invocation = await model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  invocationContext = context;

  const before = { ...shared, invocationContext: context, inputs, functionCallback: handler };
  core.state = 'preInvocationHooks';
  await worker.runHooks('preInvocation', before);

  // As in the worker, the postInvocation hooks get the handler's error and may replace or remove it.
  const after: HookContext & { result: unknown; error: unknown; inputs: unknown[]; invocationContext: unknown } = {
    ...shared,
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  core.state = 'invocation';
  try {
    after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error ?? new Error(`The handler threw ${String(error)}`);
  }
  core.state = 'postInvocationHooks';
  await worker.runHooks('postInvocation', after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return invocation.getResponse(context, after.result);
}
