import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // Time limits are tested for real, and a CI machine has neighbours: a second failure counts.
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
