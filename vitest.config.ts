// Unit and property tests, beside the code. One embedded Postgres serves the whole run.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Short files that take a minute and more. A fresh clone knows no durations and would go by size: they would come last. */
const long = ['scripts/recipes', 'client/sync/convergence', 'scripts/measure/budgets'];

/** As vitest orders them, but the long ones first, so that the other worker has something to do meanwhile. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = long.flatMap((name) => sorted.filter((file) => file.moduleId.endsWith(`/${name}.test.ts`)));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}

export default defineConfig({
  test: {
    include: ['{api,client,db,electric,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: ['scripts/testing/global-postgres.ts'],
    sequence: { sequencer: LongFirst },
    testTimeout: 120_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
