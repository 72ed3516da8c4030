import { describe } from 'vitest';
import { keepsPromises } from './keeps-promises.ts';

describe('in simulated worlds with Teams resource accounts', () => {
  keepsPromises('tpe', [249, 317]);
});
