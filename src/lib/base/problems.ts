import type { z } from 'zod';
import { masked } from './masking.ts';

type Issue = z.core.$ZodIssue;

/**
 * What a zod error says, a line a field: `data.toneInfo.tone: is not a telephone key`. Values are never repeated, and names
 * that look like a telephone number are masked. Of a union, the alternative that fits best is spoken of.
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
