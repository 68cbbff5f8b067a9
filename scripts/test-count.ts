// How many passed, failed and were skipped, from what each kind of test run leaves behind. A run that ended badly
// without saying what failed counts as one failure: nothing may be lost on the way to the last line.
import { z } from 'zod';

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function add(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The one line that `npm test` ends with. */
export function summary({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** scripts/check.ts prints one line per check, beginning with ok or FAIL. */
export function fromChecks(output: string, exitCode: number): Count {
  const lines = output.split('\n');
  const passed = lines.filter((line) => line.startsWith('ok ')).length;
  const failed = lines.filter((line) => line.startsWith('FAIL ')).length;
  return honest({ passed, failed, skipped: 0 }, exitCode);
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** @param report vitest's JSON report; null when there is none */
export function fromVitest(report: unknown, exitCode: number): Count {
  const read = vitestReport.safeParse(report);
  if (!read.success) return { passed: 0, failed: 1, skipped: 0 };
  const { data } = read;
  // A file that cannot be loaded has no tests that could fail.
  const broken = data.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0);
  return honest(
    {
      passed: data.numPassedTests,
      failed: data.numFailedTests + broken.length,
      skipped: data.numPendingTests + data.numTodoTests,
    },
    exitCode,
  );
}

const playwrightReport = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
  errors: z.array(z.unknown()),
});

/** A test that passed only when repeated counts as failed. @param report Playwright's JSON report, or null */
export function fromPlaywright(report: unknown, exitCode: number): Count {
  const read = playwrightReport.safeParse(report);
  if (!read.success) return { passed: 0, failed: 1, skipped: 0 };
  const { stats, errors } = read.data;
  return honest(
    {
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky + errors.length,
      skipped: stats.skipped,
    },
    exitCode,
  );
}

function honest(count: Count, exitCode: number): Count {
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}
