import { z } from 'zod';

const Count = z.number().int().nonnegative();

/** How an import went. `line` counts from 1, the header row; reasons never repeat what the cell held. */
export const ImportReport = z.object({
  added: Count.describe('People who are on the list now.'),
  alreadyThere: Count.describe('People who were on it before.'),
  duplicates: Count.describe('Rows that named somebody a second time.'),
  rejected: Count.describe('Rows that could not be used.'),
  rejections: z.array(z.object({ line: z.number().int(), reason: z.string() })).describe('The first hundred of them.'),
});
export type ImportReport = z.infer<typeof ImportReport>;
