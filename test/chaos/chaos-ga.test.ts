import { describe, expect, it } from 'vitest';
import { keepsPromises } from './keeps-promises.ts';
import { measureAcknowledgedCall } from './measure.ts';

describe('in simulated worlds with the API of today', () => {
  keepsPromises('ga', [44, 81, 90, 451, 1282, 2174, 2680, 3107, 5111, 7468, 9363, 12316]);
});

describe('an acknowledged call', () => {
  it('costs few storage requests', async () => {
    expect(await measureAcknowledgedCall()).toBeLessThanOrEqual(36.5);
  });
});
