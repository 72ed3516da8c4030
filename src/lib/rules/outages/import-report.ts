import { z } from 'zod';

const Count = z.number().int().nonnegative();

/** What a column of a list was taken for. */
export const ListColumn = z.object({
  column: z.string().describe('Its name in the list.'),
  as: z
    .string()
    .optional()
    .describe('The column of ours that it was taken for. Absent: it is kept with each person as it is.'),
});

/** The result of an import. `line` counts from 1, the header row. Reasons never repeat a number. */
export const ImportReport = z.object({
  added: Count.describe('People who were added to the list.'),
  alreadyThere: Count.describe('People who were already on the list.'),
  duplicates: Count.describe('Rows that repeat a person.'),
  rejected: Count.describe('Rows that were not usable.'),
  removed: Count.optional().describe('People who were taken off the list, in mode `replace`.'),
  columns: z.array(ListColumn).describe('The columns of the list, and what was taken for what.'),
  rejections: z
    .array(z.object({ line: z.number().int(), reason: z.string() }))
    .describe('The first hundred rejected rows.'),
});
export type ImportReport = z.infer<typeof ImportReport>;
