import type { z } from 'zod';
import { masked } from './masking.ts';

type Issue = z.core.$ZodIssue;

/**
 * Lists the problems in a zod error, one string per field: `data.toneInfo.tone: is not a telephone key`. Omits values
 * and masks field names that look like a phone number, never our own words, which may show a number as an example. For a union, reports the alternative with the fewest problems.
 */
export function problemsOf(error: z.core.$ZodError): string[] {
  return error.issues.flatMap((issue) => problems(issue, []));
}

function problems(issue: Issue, above: readonly PropertyKey[]): string[] {
  const path = [...above, ...issue.path];
  const alternatives = issue.code === 'invalid_union' ? issue.errors.filter(({ length }) => length > 0) : [];
  const best = alternatives.sort((a, b) => a.length - b.length)[0];
  if (best) return best.flatMap((inner) => problems(inner, path));
  const where = masked(path.map(String).join('.'));
  // The only message of the library that repeats what was given.
  const message = issue.code === 'unrecognized_keys' ? masked(issue.message) : issue.message;
  return [where ? `${where}: ${message}` : message];
}
