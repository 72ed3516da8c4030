import { z } from 'zod';

const named = { name: z.string(), disabled: z.literal(true).optional() };

/** A function and its trigger. The host sends this to its parent process. */
export const FunctionListing = z.discriminatedUnion('trigger', [
  z.object({
    ...named,
    trigger: z.literal('http'),
    methods: z.array(z.string()),
    url: z.string(),
    authLevel: z.string(),
  }),
  z.object({ ...named, trigger: z.literal('queue'), queue: z.string() }),
  z.object({ ...named, trigger: z.literal('timer'), schedule: z.string() }),
]);
export type FunctionListing = z.infer<typeof FunctionListing>;

/** One function per line, as `func start` prints them. */
export function listingText(functions: readonly FunctionListing[]): string {
  return functions.map((listing) => `\t${describe(listing)}`).join('\n');
}

function describe(listing: FunctionListing): string {
  const off = listing.disabled ? ' (disabled)' : '';
  switch (listing.trigger) {
    case 'http':
      return `${listing.name}: [${listing.methods.join(',')}] ${listing.url}${off}`;
    case 'queue':
      return `${listing.name}: queueTrigger ${listing.queue}${off}`;
    case 'timer':
      return `${listing.name}: timerTrigger ${listing.schedule}${off}`;
  }
}
