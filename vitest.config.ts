import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{api,client,db,electric,scripts}/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
