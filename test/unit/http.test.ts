import { HttpRequest, type HttpResponseInit, InvocationContext, type LogLevel } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  ConflictError,
  InvalidInputError,
  NotFoundError,
  StorageError,
  TooLargeError,
  UnauthorizedError,
} from '../../src/lib/base/errors.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { answering, bodyChunks, bodyType, jsonBody } from '../../src/lib/triggers/http.ts';

const request = (body?: string): HttpRequest =>
  new HttpRequest({
    method: 'POST',
    url: 'https://ringdown.example/api/outages',
    ...(body && { body: { string: body } }),
  });

const noAnswer = new CallAutomationError({
  operation: 'playAudio',
  status: 0,
  code: 'ETIMEDOUT',
  means: 'unreachable',
  message: 'the service did not answer',
  requestId: 'request-1',
  mayHaveHappened: true,
});

type Logged = { level: LogLevel; line: string };

/** The answer to a handler's failure, and what is logged. */
async function answerTo(error: unknown): Promise<{ answer: HttpResponseInit; body: unknown; log: Logged[] }> {
  const log: Logged[] = [];
  const context = new InvocationContext({
    functionName: 'test',
    logHandler: (level, ...values) => log.push({ level, line: values.map(String).join(' ') }),
  });
  const handler = answering(() => Promise.reject(error));
  const answer: HttpResponseInit = (await handler(request(), context)) ?? {};
  return { answer, body: JSON.parse(String(answer.body)), log };
}

describe('the answer of a handler', () => {
  it.each([
    [new InvalidInputError('The outage cannot be declared', ['title: is missing']), 400, 'Bad request'],
    [new UnauthorizedError('The callback has no valid token'), 401, 'Unauthorized'],
    [new NotFoundError('There is no outage storm'), 404, 'Not found'],
    [new ConflictError('A row of Outages changed meanwhile'), 409, 'Conflict'],
    [new TooLargeError('The body is larger than 1 MB'), 413, 'Content too large'],
  ])('that throws %s says what was wrong', async (error, status, title) => {
    const { answer, body, log } = await answerTo(error);
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json' } });
    expect(body).toMatchObject({ type: 'about:blank', title, status, detail: error.message });
    expect(log).toEqual([{ level: 'information', line: `${status} ${error.message}` }]);
  });

  it('that throws an InvalidInputError names each field', async () => {
    const error = new InvalidInputError('The outage cannot be declared', ['title: is missing', 'shards: is too large']);
    expect((await answerTo(error)).body).toHaveProperty('errors', ['title: is missing', 'shards: is too large']);
    expect((await answerTo(new NotFoundError('no'))).body).not.toHaveProperty('errors');
  });

  it.each([
    ['StorageError', new StorageError('Table Outages could not be used (503)')],
    ['Error', new TypeError('undefined is not a function')],
    ['value that is no error', 'disaster'],
  ])('that throws a %s is an internal error: the log has the detail, the answer does not', async (_, error) => {
    const { answer, body, log } = await answerTo(error);
    expect(answer).toMatchObject({ status: 500, headers: { 'content-type': 'application/problem+json' } });
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Internal server error',
      status: 500,
      detail: 'Internal error; try again',
    });
    expect(log).toEqual([{ level: 'error', line: expect.stringContaining(String(error)) }]);
  });

  it('that throws a ConfigurationError is answered with the names of the wrong settings', async () => {
    const { answer, body, log } = await answerTo(new ConfigurationError(['CALLBACK_SECRET: is not set']));
    expect(answer.status).toBe(503);
    expect(body).toMatchObject({ title: 'Service unavailable', errors: ['CALLBACK_SECRET: is not set'] });
    expect(log).toMatchObject([{ level: 'error' }]);
  });

  it('that throws a CallAutomationError is a bad gateway, whatever status the service gave', async () => {
    const { answer, body } = await answerTo(noAnswer);
    expect(answer.status).toBe(502);
    expect(JSON.stringify(body)).not.toContain('ETIMEDOUT');
  });

  it('that does not throw is passed on, and nobody may store it', async () => {
    const handler = answering(async () => ({ status: 201 }));
    await expect(handler(request(), new InvocationContext())).resolves.toEqual({
      status: 201,
      headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    });
  });
});

describe('a body', () => {
  it('of JSON is read', async () => {
    await expect(jsonBody(request('{"title":"Storm"}'))).resolves.toEqual({ title: 'Storm' });
  });

  it.each(['{', 'title=Storm'])('that is not JSON is answered with 400: %s', async (text) => {
    await expect(jsonBody(request(text))).rejects.toThrow(InvalidInputError);
  });

  it('may have a byte order mark, or be UTF-16', async () => {
    await expect(jsonBody(request('\ufeff{"title":"Storm"}'))).resolves.toEqual({ title: 'Storm' });
    const utf16 = new HttpRequest({
      method: 'POST',
      url: 'https://ringdown.example/api/outages',
      body: { bytes: Buffer.from('\ufeff{"title":"Zoë"}', 'utf16le') },
    });
    await expect(jsonBody(utf16)).resolves.toEqual({ title: 'Zoë' });
  });

  it('that is missing is answered with 400', async () => {
    await expect(jsonBody(request())).rejects.toThrow(InvalidInputError);
  });

  it('of a megabyte of JSON is read, a longer one is not', async () => {
    const text = (length: number): string => `"${'x'.repeat(length - 2)}"`;
    await expect(jsonBody(request(text(1_000_000)))).resolves.toHaveLength(999_998);
    await expect(jsonBody(request(text(1_000_001)))).rejects.toThrow(TooLargeError);
  });

  const pieces = async (asked: HttpRequest, limit: number): Promise<string> => {
    let text = '';
    for await (const chunk of bodyChunks(asked, limit)) text += Buffer.from(chunk).toString();
    return text;
  };

  it('arrives whole up to its limit, and is refused from there on', async () => {
    await expect(pieces(request('12345'), 5)).resolves.toBe('12345');
    await expect(pieces(request('123456'), 5)).rejects.toThrow(TooLargeError);
    await expect(pieces(request(), 5)).resolves.toBe('');
  });

  const typed = (type: string | undefined): HttpRequest =>
    new HttpRequest({
      method: 'PUT',
      url: 'https://ringdown.example/',
      headers: type === undefined ? {} : { 'content-type': type },
    });

  it('is of one of the types that are understood, whatever its parameters', () => {
    expect(bodyType(typed('Text/CSV; charset=utf-8'), ['text/csv', 'application/x-ndjson'])).toBe('text/csv');
  });

  it.each([undefined, 'application/x-www-form-urlencoded'])('of another type is refused: %s', (type) => {
    const asked = () => bodyType(typed(type), ['text/csv', 'application/x-ndjson']);
    expect(asked).toThrow('content-type: must be text/csv or application/x-ndjson');
  });
});
