import { z } from 'zod';

/** A row of a list that was not usable, as it was, and why. */
export const RejectedRow = z.object({ line: z.number(), reason: z.string(), cells: z.array(z.string()) });
export type RejectedRow = z.infer<typeof RejectedRow>;
