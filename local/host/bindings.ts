import { z } from 'zod';
import type { FunctionMetadata } from './core-types.ts';
import { resolvePlaceholders, type Settings } from './settings.ts';

const AuthLevel = z.enum(['anonymous', 'function', 'admin']).default('anonymous');
const TriggerBinding = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('httpTrigger'),
    methods: z.array(z.string().toUpperCase()).default([]),
    route: z.string().optional(),
    authLevel: AuthLevel,
  }),
  z.object({ type: z.literal('queueTrigger'), queueName: z.string(), connection: z.string() }),
  z.object({ type: z.literal('timerTrigger'), schedule: z.string(), runOnStartup: z.boolean().default(false) }),
]);

type Bound = {
  name: string;
  /** The name of the trigger's binding; the input is sent under this name. */
  inputName: string;
  /** The worker knows the function by this id. */
  functionId: string;
};
/** A function with an HTTP trigger. */
export type HttpFunction = Bound & Extract<z.output<typeof TriggerBinding>, { type: 'httpTrigger' }>;
/** A function with a queue trigger. */
export type QueueFunction = Bound & Extract<z.output<typeof TriggerBinding>, { type: 'queueTrigger' }>;
/** A function with a timer trigger. */
export type TimerFunction = Bound & Extract<z.output<typeof TriggerBinding>, { type: 'timerTrigger' }>;
export type BoundFunction = HttpFunction | QueueFunction | TimerFunction;

/**
 * Reads the bindings that the library registered for a function.
 * @throws Error for what this host does not support (other triggers, input and output bindings, retry policies), so
 * that nobody mistakes a missing feature here for a bug in the app.
 */
export function readBindings(metadata: FunctionMetadata, settings: Settings): BoundFunction {
  const { name, bindings, functionId = name } = metadata;
  const refuse = (what: string): Error => new Error(`Function ${name}: ${what} is not supported by the local host.`);
  if (metadata.retryOptions) throw refuse('a retry policy');

  let bound: BoundFunction | undefined;
  for (const [inputName, binding] of Object.entries(bindings)) {
    if (/trigger$/i.test(binding.type)) {
      const parsed = TriggerBinding.safeParse(binding);
      if (!parsed.success) throw refuse(`the trigger ${binding.type} (${z.prettifyError(parsed.error)})`);
      bound = { name, inputName, functionId, ...withSettings(parsed.data, settings) };
    } else if (binding.type !== 'http') {
      throw refuse(`the ${binding.direction} binding ${binding.type}`);
    }
  }
  if (!bound) throw new Error(`Function ${name} has no trigger.`);
  return bound;
}

function withSettings(parsed: z.output<typeof TriggerBinding>, settings: Settings): z.output<typeof TriggerBinding> {
  switch (parsed.type) {
    case 'queueTrigger':
      // Queue names are lower case; the Functions host converts them (platform docs).
      return { ...parsed, queueName: resolvePlaceholders(parsed.queueName, settings).toLowerCase() };
    case 'timerTrigger':
      return { ...parsed, schedule: resolvePlaceholders(parsed.schedule, settings) };
    default:
      return parsed;
  }
}
