// The last line of npm test: sums of all parts, and no failure gets lost.
import { expect, test } from 'vitest';
import { add, fromChecks, fromPlaywright, fromVitest, summary } from './test-count';

const vitest = (
  passed: number,
  failed: number,
  files: { status: string; assertionResults: unknown[] }[] = [],
) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: files,
});
const playwright = (expected: number, unexpected: number, flaky = 0, errors: unknown[] = []) => ({
  stats: { expected, unexpected, flaky, skipped: 0 },
  errors,
});

test('sums what each part says', () => {
  const checks = fromChecks('ok   tsc   1.0 s\nFAIL biome  0.1 s\n     okay then\nok   house 0.2 s\n', 1);
  expect(checks).toEqual({ passed: 2, failed: 1, skipped: 0 });
  const all = [checks, fromVitest(vitest(10, 2), 1), fromPlaywright(playwright(5, 1), 1)].reduce(add);
  expect(summary(all)).toBe('17 passed, 4 failed, 1 skipped');
  expect(summary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
});

test('a run that ended badly is never counted as good', () => {
  expect(fromChecks('', 1).failed).toBe(1);
  expect(fromVitest(null, 1).failed).toBe(1);
  expect(fromVitest(null, 0).failed).toBe(1);
  expect(fromVitest(vitest(10, 0), 1).failed).toBe(1);
  expect(fromVitest(vitest(10, 0, [{ status: 'failed', assertionResults: [] }]), 1).failed).toBe(1);
  expect(fromPlaywright(null, 0).failed).toBe(1);
  expect(fromPlaywright(playwright(5, 0, 1), 0).failed).toBe(1);
  expect(fromPlaywright(playwright(0, 0, 0, ['no tests found']), 1).failed).toBe(1);
});
