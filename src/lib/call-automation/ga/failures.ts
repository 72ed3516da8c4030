import { RestError } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { refusal, silence } from '../answers.ts';
import { CallAutomationError } from '../errors.ts';
import { MEANINGS_GA } from './meanings.ts';

/** The service's errors are nested, with a number for a code: `{"error": {"code": "8522", "message": "…"}}`. */
const Body = z.looseObject({ error: z.looseObject({ code: z.string(), message: z.string().default('') }) });

/** Translates an SDK error into the port's error. */
export function translated(operation: string, cause: unknown): CallAutomationError {
  if (cause instanceof CallAutomationError) return cause;
  if (cause instanceof RestError && cause.response) {
    const body = Body.safeParse(parseJson(cause.response.bodyAsText));
    const reason = body.success
      ? body.data.error
      : { code: cause.code ?? 'Unknown', message: 'the service gave no reason' };
    return refusal(operation, MEANINGS_GA, cause.response, reason, { cause });
  }
  const code = cause instanceof RestError ? (cause.code ?? cause.name) : 'NoAnswer';
  const requestId = cause instanceof RestError ? (cause.request?.requestId ?? '') : '';
  return silence(operation, { code, requestId }, cause);
}

function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
