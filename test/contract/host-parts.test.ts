import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { CoreLogLevel } from '../../local/host/core-types.ts';
import { parseHostJson } from '../../local/host/host-json.ts';
import { isLogged } from '../../local/host/log.ts';
import { PollingBackoff } from '../../local/host/queue-backoff.ts';
import { RouteTable } from '../../local/host/routes.ts';
import { Schedule } from '../../local/host/schedule.ts';

describe('host.json', () => {
  it("defaults to the platform's values", () => {
    expect(parseHostJson({ version: '2.0', logging: {} })).toEqual({
      routePrefix: 'api',
      functionTimeoutMs: 1_800_000,
      logLevel: {},
      queues: {
        maxPollingInterval: 60_000,
        visibilityTimeout: 0,
        batchSize: 16,
        newBatchThreshold: 8 * availableParallelism(),
        maxDequeueCount: 5,
        messageEncoding: 'base64',
      },
    });
  });

  it.each([
    { functionTimeout: '5 minutes' },
    { functionTimeOut: '00:05:00' },
    { logging: { logLevel: { default: 'Loud' } } },
    { logging: { console: {} } },
    { extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[3.*, 4.0.0)' } },
    { extensions: { http: { maxConcurrentRequests: 1 } } },
    { extensions: { queues: { batchsize: 1 } } },
    { extensions: { serviceBus: {} } },
    { concurrency: {} },
  ])('is refused by name for what this host does not honour: %j', (content) => {
    const path = JSON.stringify(content).match(/\w+/g) ?? [];
    expect(() => parseHostJson(content)).toThrow(new RegExp(path.filter((name) => /^[a-z]/.test(name)).join('|')));
  });

  it('of the app is honoured', () => {
    const content: unknown = JSON.parse(readFileSync('host.json', 'utf8'));
    expect(parseHostJson(content)).toMatchObject({ functionTimeoutMs: 300_000, logLevel: { 'Azure.Core': 'Error' } });
  });

  it('filters the log by the longest name that begins a category', () => {
    const levels = { default: 'Warning', Function: 'Information', 'Function.tick.User': 'Error' };
    const logged = (category: string, level: CoreLogLevel) => isLogged(category, level, levels);
    expect([logged('Azure.Core', 'information'), logged('Azure.Core', 'warning')]).toEqual([false, true]);
    expect([logged('Function.work.User', 'information'), logged('Functions', 'information')]).toEqual([true, false]);
    expect([logged('Function.tick.User', 'warning'), logged('Function.tick.User', 'error')]).toEqual([false, true]);
    expect([isLogged('Any', 'debug', {}), isLogged('Any', 'information', {})]).toEqual([false, true]);
  });

  it('parses durations with days, hours, minutes, seconds and fractions', () => {
    const of = (maxPollingInterval: string) =>
      parseHostJson({ extensions: { queues: { maxPollingInterval } } }).queues.maxPollingInterval;
    expect(of('00:00:00.1')).toBe(100);
    expect(of('1.02:03:04.5')).toBe(93_784_500);
    expect(() => of('00:00:00.05')).toThrow('maxPollingInterval');
    expect(() => of('5 seconds')).toThrow('expected hh:mm:ss');
  });
});

describe('polling', () => {
  it.each([
    [0, [100, 180, 260, 420, 740, 1000, 1000]],
    [1, [100, 220, 340, 580, 1000, 1000, 1000]],
  ])('slows down to the maximum while the queue is empty (random %s)', (random, expected) => {
    const backoff = new PollingBackoff(1000, () => random);
    expect(expected.map(() => Math.round(backoff.next()))).toEqual(expected);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });
});

describe('routes', () => {
  const table = new RouteTable<string>();
  for (const template of ['{*all}', '{a}/{b}', 'x/{b}', 'x/{b:guid}', 'x/y', 'v{major}.{minor}', 'd/{p=5}', 'a+b/c']) {
    table.add(template, ['GET'], template);
  }

  it.each([
    ['/x/y', 'x/y', {}],
    ['/X/Y/', 'x/y', {}],
    ['/x/z', 'x/{b}', { b: 'z' }],
    ['/x/0f8fad5b-d9cb-469f-a165-70867728950e', 'x/{b:guid}', { b: '0f8fad5b-d9cb-469f-a165-70867728950e' }],
    ['/p/q', '{a}/{b}', { a: 'p', b: 'q' }],
    ['/p/q%2Fr', '{a}/{b}', { a: 'p', b: 'q%2Fr' }],
    ['/p/100%', '{a}/{b}', { a: 'p', b: '100%' }],
    ['/v1.2', 'v{major}.{minor}', { major: '1', minor: '2' }],
    ['/d', 'd/{p=5}', { p: '5' }],
    ['/a+b/c', 'a+b/c', {}],
    ['/p/q/r', '{*all}', { all: 'p/q/r' }],
    ['/', '{*all}', {}],
  ])('match %s to %s', (path, target, params) => {
    expect(table.match('GET', path)).toEqual({ target, params });
  });

  it('reject a template with an invalid parameter', () => {
    expect(() => new RouteTable().add('a/{b', [], 1)).toThrow('{b');
    expect(() => new RouteTable().add('a/{b c}', [], 1)).toThrow('{b c}');
  });
});

describe('schedules', () => {
  it.each([
    ['0 */5 * * * *', '2026-03-01T10:00:00Z', '2026-03-01T10:05:00.000Z'],
    ['15,45 * * * * *', '2026-03-01T10:00:15Z', '2026-03-01T10:00:45.000Z'],
    ['0 30 9 * * 1-5', '2026-03-06T12:00:00Z', '2026-03-09T09:30:00.000Z'],
    ['0 0 0 1 Jan Mon', '2026-03-01T00:00:00Z', '2029-01-01T00:00:00.000Z'],
  ])('have an occurrence: %s after %s is %s', (expression, after, next) => {
    expect(new Schedule(expression).next(new Date(after))?.toISOString()).toBe(next);
  });

  it('return undefined if there is no occurrence', () => {
    expect(new Schedule('0 0 0 31 2 *').next(new Date('2026-01-01T00:00:00Z'))).toBeUndefined();
  });
});
