import { describe } from 'vitest';
import { keepsPromises } from './keeps-promises.ts';

describe('in simulated worlds with the API of today', () => {
  keepsPromises('ga', [44, 81, 90, 451, 1282, 2174, 2680, 3107, 5111, 7468, 9363, 12316]);
});
