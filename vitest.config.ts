import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    // Time limits are tested for real, and a CI machine has neighbours: there a second failure counts.
    retry: Number(process.env.TEST_RETRIES ?? 0),
  },
});
