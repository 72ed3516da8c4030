import { describe, expect, it } from 'vitest';
import { statedSimulatedCall, statedSimulatedCallGa } from '../fixtures/stated-costs.ts';
import { API_2021, dialectOf } from './dialects.ts';
import { measureAcknowledgedCall } from './measure.ts';

describe('docs/costs.md states what an acknowledged call costs in the simulated worlds', () => {
  it.each([
    [API_2021, statedSimulatedCall],
    ['ga', statedSimulatedCallGa],
  ])('by %s', async (api, stated) => {
    expect(await measureAcknowledgedCall(dialectOf(api))).toBeCloseTo(stated(), 1);
  });
});
