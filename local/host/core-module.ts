import { registerHooks } from 'node:module';
import type {
  CoreLog,
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookContext,
  HookData,
  HookName,
  ProgrammingModel,
} from './core-types.ts';

/** A function as the app registered it. */
export interface RegisteredFunction {
  metadata: FunctionMetadata;
  handler: FunctionCallback;
}

const hookNames: readonly HookName[] = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'];

/** Undoes a registration, as the worker's class of that name. */
class Disposable {
  #undo: (() => unknown) | undefined;

  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) item.dispose();
    });
  }

  constructor(undo: () => unknown) {
    this.#undo = undo;
  }

  dispose(): void {
    const undo = this.#undo;
    this.#undo = undefined;
    undo?.();
  }
}

/**
 * The Node worker as an app sees it: what registered, which hooks, which library.
 *
 * There is one in a process, as in Azure: the library `@azure/functions` keeps state of its own (the programming model is
 * set once, setup is locked after start), so a second app in the same process could not work.
 */
export class Worker {
  readonly functions = new Map<string, RegisteredFunction>();
  readonly appHookData: HookData = {};
  /** Seen by the app-level hooks only. */
  readonly appLevelHookData: HookData = {};
  programmingModel: ProgrammingModel | undefined;
  /** Where the library's own log lines go; the host sets it. */
  log: CoreLog = () => undefined;
  /** Set when the app has started: functions can no longer be registered. */
  locked = false;
  readonly #hooks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));

  registerFunction(metadata: FunctionMetadata, handler: FunctionCallback): Disposable {
    if (this.locked) throw new Error('A function can only be registered during app startup.');
    const id = metadata.functionId ?? metadata.name;
    if (this.functions.has(id)) throw new Error(`A function with id "${id}" has already been registered.`);
    this.functions.set(id, { metadata, handler });
    return new Disposable(() => this.functions.delete(id));
  }

  registerHook(name: string, callback: HookCallback): Disposable {
    const hooks = this.hooks(name);
    hooks.push(callback);
    return new Disposable(() => {
      const index = hooks.indexOf(callback);
      if (index >= 0) hooks.splice(index, 1);
    });
  }

  hooks(name: string): HookCallback[] {
    const known = hookNames.find((candidate) => candidate === name);
    const hooks = known && this.#hooks.get(known);
    if (!hooks) throw new RangeError(`Unrecognized hook "${name}"`);
    return hooks;
  }

  /** Runs the hooks of a name one after the other; the first that throws stops the rest, as in the worker. */
  async runHooks(name: HookName, context: HookContext): Promise<void> {
    for (const hook of this.hooks(name)) await hook(context);
  }
}

let worker: Worker | undefined;

/** The process's {@link Worker}; the first call makes `@azure/functions-core` available to `require` and `import`. */
export function installCoreModule(): Worker {
  if (worker) return worker;
  const created = new Worker();
  worker = created;
  const coreModule = {
    version: '3.0.0-local',
    // The library reads no more from it than its being there; some extensions print it.
    hostVersion: '4.0.0-local',
    Disposable,
    registerFunction: created.registerFunction.bind(created),
    registerHook: created.registerHook.bind(created),
    setProgrammingModel: (model: ProgrammingModel) => {
      created.programmingModel = model;
    },
    getProgrammingModel: () => created.programmingModel,
    log: ((level, category, message) => created.log(level, category, message)) satisfies CoreLog,
  };
  Object.defineProperty(globalThis, Symbol.for('local-host.functions-core'), { value: coreModule });
  const bridge = new URL('./core-bridge.cjs', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: bridge, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
  });
  return created;
}
