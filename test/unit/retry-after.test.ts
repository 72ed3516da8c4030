import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../src/lib/call-automation/answers.ts';

const waitFor = (value?: string): number | undefined =>
  retryAfterMs({
    request: createPipelineRequest({ url: 'https://acs.example' }),
    status: 429,
    headers: createHttpHeaders(value === undefined ? {} : { 'retry-after': value }),
  });

describe('how long the service asks to wait', () => {
  it.each([
    ['7', 7_000],
    ['0', 1_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 1_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('is at least a second (%s)', (value, ms) => {
    expect(waitFor(value)).toBe(ms);
  });
});
