import { z } from 'zod';

const Count = z.number().int().nonnegative();

/** The result of an import. `line` counts from 1, the header row. Reasons never repeat what the cell held. */
export const ImportReport = z.object({
  added: Count.describe('People who were added to the list.'),
  alreadyThere: Count.describe('People who were already on the list.'),
  duplicates: Count.describe('Rows that repeat a person.'),
  rejected: Count.describe('Rows that were not usable.'),
  rejections: z
    .array(z.object({ line: z.number().int(), reason: z.string() }))
    .describe('The first hundred rejected rows.'),
});
export type ImportReport = z.infer<typeof ImportReport>;
