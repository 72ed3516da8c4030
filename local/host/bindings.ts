import { z } from 'zod';
import type { RegisteredFunction } from './core-module.ts';
import { resolvePlaceholders, type Settings } from './settings.ts';

const authLevel = z.enum(['anonymous', 'function', 'admin']).default('anonymous');
const trigger = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('httpTrigger'),
    methods: z.array(z.string().toUpperCase()).default([]),
    route: z.string().optional(),
    authLevel,
  }),
  z.object({ type: z.literal('queueTrigger'), queueName: z.string(), connection: z.string() }),
  z.object({ type: z.literal('timerTrigger'), schedule: z.string(), runOnStartup: z.boolean().default(false) }),
]);

interface Bound {
  name: string;
  /** The trigger's name among the function's bindings: the input travels under it. */
  inputName: string;
  registered: RegisteredFunction;
}
/** A function called over HTTP. */
export type HttpFunction = Bound & Extract<z.output<typeof trigger>, { type: 'httpTrigger' }>;
/** A function that a queue's messages run. */
export type QueueFunction = Bound & Extract<z.output<typeof trigger>, { type: 'queueTrigger' }>;
/** A function that a schedule runs. */
export type TimerFunction = Bound & Extract<z.output<typeof trigger>, { type: 'timerTrigger' }>;
/** A function with what its trigger needs. */
export type BoundFunction = HttpFunction | QueueFunction | TimerFunction;

/**
 * Reads the bindings that the library registered for a function.
 *
 * What this host cannot do (other triggers, input and output bindings, retry policies) is refused rather than dropped, so that
 * nobody takes a silent gap here for a bug of the app.
 */
export function readBindings(registered: RegisteredFunction, settings: Settings): BoundFunction {
  const { name, bindings } = registered.metadata;
  const refuse = (what: string): Error => new Error(`Function ${name}: ${what} is not supported by the local host.`);
  if (registered.metadata.retryOptions) throw refuse('a retry policy');

  let bound: BoundFunction | undefined;
  for (const [inputName, binding] of Object.entries(bindings)) {
    if (/trigger$/i.test(binding.type)) {
      const parsed = trigger.safeParse(binding);
      if (!parsed.success) throw refuse(`the trigger ${binding.type} (${z.prettifyError(parsed.error)})`);
      bound = { name, inputName, registered, ...withSettings(parsed.data, settings) };
    } else if (binding.type !== 'http') {
      throw refuse(`the ${binding.direction} binding ${binding.type}`);
    }
  }
  if (!bound) throw new Error(`Function ${name} has no trigger.`);
  return bound;
}

function withSettings(parsed: z.output<typeof trigger>, settings: Settings): z.output<typeof trigger> {
  switch (parsed.type) {
    case 'queueTrigger':
      // Platform docs: queue names are lower case; the host lowers them.
      return { ...parsed, queueName: resolvePlaceholders(parsed.queueName, settings).toLowerCase() };
    case 'timerTrigger':
      return { ...parsed, schedule: resolvePlaceholders(parsed.schedule, settings) };
    default:
      return parsed;
  }
}
