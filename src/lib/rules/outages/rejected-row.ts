import { z } from 'zod';

/** A row of a list that was not usable, as it was, and why. */
export const RejectedRow = z.object({ line: z.number(), reason: z.string(), cells: z.array(z.string()) });
export type RejectedRow = z.infer<typeof RejectedRow>;

/** Of which list a part is, by the client's id of it, and how many of its lines come before. */
export type ListPlace = { readonly list?: string | undefined; readonly linesBefore: number };
