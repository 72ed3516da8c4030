import { expect } from 'vitest';
import { Problem } from '../../../src/lib/api/openapi.ts';
import type { Operation } from '../../../src/lib/api/operation.ts';
import { OPERATIONS } from '../../../src/lib/api/operations.ts';

export type OperationName = keyof typeof OPERATIONS;
export const OPERATION_NAMES = Object.keys(OPERATIONS).filter((name): name is OperationName => name in OPERATIONS);

type Given = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | object;
  /** Sent instead of the function key; null sends none. */
  readonly key?: string | null;
};

export type Answered = { readonly status: number; readonly body: unknown; readonly headers: Headers };

/**
 * Calls an operation over HTTP as the OpenAPI document describes it. Checks that the answer matches what the document
 * says about its status, and has no other members.
 */
export async function ask(
  app: { readonly url: string; readonly functionKey: string },
  name: OperationName,
  { params = {}, query = {}, body, key = app.functionKey }: Given = {},
): Promise<Answered> {
  const operation: Operation = OPERATIONS[name];
  const route = operation.route.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(params[part] ?? ''));
  const [type = ''] = Object.keys(operation.body?.types ?? {});
  const response = await fetch(`${app.url}/api/${route}?${new URLSearchParams(query)}`, {
    method: operation.method,
    headers: { ...(key !== null && { 'x-functions-key': key }), ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const { status, headers } = response;
  if (!name.startsWith('dashboard') && response.status !== 401) {
    expect(headers.get('cache-control'), `${name} ${status}`).toBe('no-store');
    expect(headers.get('x-content-type-options'), `${name} ${status}`).toBe('nosniff');
  }
  const text = await response.text();
  return { status, headers, body: asDocumented(operation, status, headers, text) };
}

function asDocumented({ answers }: Operation, status: number, headers: Headers, text: string): unknown {
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const answer = answers[status];
  if (!answer) {
    if (status === 401 && text === '') return undefined;
    expect(type, `${status} ${text}`).toBe('application/problem+json');
    const problem: unknown = JSON.parse(text);
    expect(Problem.parse(problem)).toEqual(problem);
    return problem;
  }
  if (!answer.types) {
    expect(text).toBe('');
    return undefined;
  }
  expect(Object.keys(answer.types)).toContain(type);
  if (type !== 'application/json') return text;
  const body: unknown = JSON.parse(text);
  expect(answer.types[type]?.parse(body)).toEqual(body);
  return body;
}
