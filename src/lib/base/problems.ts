import type { z } from 'zod';
import { masked } from './masking.ts';

type Issue = z.core.$ZodIssue;

/**
 * Lists the problems in a zod error, one string per field: `data.toneInfo.tone: is not a telephone key`. Omits values
 * and masks field names that look like a phone number. For a union, reports the alternative with the fewest problems.
 */
export function problemsOf(error: z.core.$ZodError): string[] {
  return error.issues.flatMap((issue) => problems(issue, []));
}

function problems(issue: Issue, above: readonly PropertyKey[]): string[] {
  const path = [...above, ...issue.path];
  const alternatives = issue.code === 'invalid_union' ? issue.errors.filter(({ length }) => length > 0) : [];
  const best = alternatives.sort((a, b) => a.length - b.length)[0];
  if (best) return best.flatMap((inner) => problems(inner, path));
  const where = path.map(String).join('.');
  return [masked(where ? `${where}: ${issue.message}` : issue.message)];
}
