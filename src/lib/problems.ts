import type { z } from 'zod';

/** What a zod error says, a line a field: `data.toneInfo.tone: is not a telephone key`. Values are never repeated. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return path ? `${path}: ${issue.message}` : issue.message;
  });
}
