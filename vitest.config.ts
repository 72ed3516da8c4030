import { defineConfig } from 'vitest/config';

/** The suites that run with both APIs, and with Teams Phone. TOWN_API says how the app calls the town's people. */
const BY_EITHER_API = ['outage', 'lifecycle', 'queues', 'mishaps', 'crash', 'callbacks', 'phone', 'privacy'].map(
  (name) => `test/integration/${name}.test.ts`,
);

export default defineConfig({
  test: {
    // Tests of the whole system wait more than they compute: more workers than the default of one on two cores.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'api-2021', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'api-ga', include: BY_EITHER_API, env: { TOWN_API: 'ga' } } },
      { extends: true, test: { name: 'api-tpe', include: BY_EITHER_API, env: { TOWN_API: 'tpe' } } },
    ],
  },
});
