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

/** A function that the app registered. */
export type RegisteredFunction = {
  metadata: FunctionMetadata;
  handler: FunctionCallback;
};

const HOOK_NAMES: readonly HookName[] = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'];

/** Undoes a registration, like the worker's class of the same name. */
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
 * The Node worker as an app sees it: registered functions, hooks and the programming model. One per process, as in
 * Azure: the library `@azure/functions` has global state (the programming model is set once, setup is locked after the
 * start), so a second app in the same process would not work.
 */
export class Worker {
  readonly functions = new Map<string, RegisteredFunction>();
  readonly appHookData: HookData = {};
  /** Only for app-level hooks. */
  readonly appLevelHookData: HookData = {};
  programmingModel: ProgrammingModel | undefined;
  /** Receives the library's own log lines; set by the host. */
  log: CoreLog = () => undefined;
  /** Set once the app is loaded; then no more functions can be registered. */
  locked = false;
  readonly #hooks = new Map<HookName, HookCallback[]>(HOOK_NAMES.map((name) => [name, []]));

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
    const known = HOOK_NAMES.find((candidate) => candidate === name);
    const hooks = known && this.#hooks.get(known);
    if (!hooks) throw new RangeError(`Unrecognized hook "${name}"`);
    return hooks;
  }

  /** Runs hooks one after the other. If one throws, the rest do not run, as in the worker. */
  async runHooks(name: HookName, context: HookContext): Promise<void> {
    for (const hook of this.hooks(name)) await hook(context);
  }
}

let worker: Worker | undefined;

/**
 * Returns the worker of this process. The first call makes `@azure/functions-core` available to `require` and `import`.
 */
export function installCoreModule(): Worker {
  if (worker) return worker;
  const created = new Worker();
  worker = created;
  const coreModule = {
    version: '3.0.0-local',
    // The library only checks that it is set; some extensions print it.
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
