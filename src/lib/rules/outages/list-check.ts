import { z } from 'zod';
import { ListColumn } from './import-report.ts';
import { PeopleCounts } from './people-counts.ts';

const Count = z.number().int().nonnegative();
const Line = z.number().int();

/** What adding a list would do. The first hundred rows of each kind are listed, and all are counted. */
export const ListCheck = z.object({
  wouldBeAdded: Count.describe('People who would be added to the list.'),
  alreadyThere: Count.describe('People who are already on the list.'),
  duplicates: Count.describe('Rows that repeat a person.'),
  optedOut: Count.describe('People who opted out: they would be added, and not called.'),
  rejected: Count.describe('Rows that are not usable. Ask for `text/csv` to get them, to be corrected and sent again.'),
  columns: z
    .array(ListColumn.extend({ first: z.array(z.string()).describe('Its cells in the first rows.') }))
    .describe('The columns of the list, and what was taken for what.'),
  unclear: z
    .array(z.object({ as: z.string(), columns: z.array(z.string()) }))
    .optional()
    .describe(
      'Columns of ours that several columns of the list could be, or that none is. Adding the list would be refused: say in the query which column is which. Nothing is counted.',
    ),
  duplicateRows: z.array(z.object({ line: Line, first: Line.describe('The line that names the person first.') })),
  rejections: z.array(z.object({ line: Line, reason: z.string() })),
  ...PeopleCounts.shape,
  firstRows: z
    .array(
      z.object({
        line: Line,
        phone: z.string().optional(),
        communicationUserId: z.string().optional(),
        name: z.string().optional(),
        timeZone: z.string().optional(),
        language: z.string().optional(),
        own: z.record(z.string(), z.string()),
      }),
    )
    .describe('The first people as they were understood.'),
});
export type ListCheck = z.infer<typeof ListCheck>;
