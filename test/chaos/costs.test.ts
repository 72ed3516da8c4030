import { expect, it } from 'vitest';
import { statedSimulatedCall } from '../fixtures/stated-costs.ts';
import { measureAcknowledgedCall } from './measure.ts';

it('docs/costs.md states what an acknowledged call costs in the simulated worlds', async () => {
  expect(await measureAcknowledgedCall()).toBeCloseTo(statedSimulatedCall(), 1);
});
