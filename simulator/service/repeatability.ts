import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { checked } from '../base/refusal.ts';

const Headers = z
  .looseObject({
    'repeatability-request-id': z.uuid({ version: 'v4', error: 'must be a UUID, version 4' }).optional(),
    'repeatability-first-sent': z
      .string()
      .refine((date) => !Number.isNaN(Date.parse(date)), 'must be a date')
      .optional(),
  })
  .refine((headers) => !headers['repeatability-request-id'] === !headers['repeatability-first-sent'], {
    message: 'Repeatability-Request-ID and Repeatability-First-Sent must be sent together',
  });

/**
 * Repeatable requests (OASIS). A request with a known id is not carried out again. Its answer shows the present state.
 */
export class Repeatability {
  readonly #answers = new Map<string, () => unknown>();

  /**
   * @param act carries the request out, and returns a function that builds the answer
   * @throws Refusal if the headers are wrong.
   */
  once(headers: IncomingHttpHeaders, act: () => () => unknown): unknown {
    const { 'repeatability-request-id': id } = checked(Headers, headers, 'The headers do not fit');
    const known = id === undefined ? undefined : this.#answers.get(id);
    if (known) return known();
    const answer = act();
    if (id !== undefined) this.#answers.set(id, answer);
    return answer();
  }
}
