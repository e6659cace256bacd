import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/global-setup.ts'],
    pool: 'forks',
    // Differential and property tests walk whole maps; a slow runner is not a failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
