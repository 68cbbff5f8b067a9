// Unit and property tests, beside the code. One embedded Postgres serves the whole run.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{api,client,db,electric,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: ['scripts/testing/global-postgres.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
