// What failed, said once more at the end of npm test: the output of a whole run is long, and often only its end is kept.
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

export interface Failure {
  /** File, and the titles down to the test. */
  readonly title: string;
  /** What was thrown, as the test runner says it. */
  readonly message: string;
}

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/** @param report vitest's JSON report; whatever is none has no failures to tell */
export function vitestFailures(report: unknown, root: string): Failure[] {
  const read = vitestReport.safeParse(report);
  if (!read.success) return [];
  return read.data.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    if (status === 'failed' && assertionResults.length === 0)
      return [{ title: file, message: message ?? '' }];
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => ({ title: `${file} › ${test.fullName}`, message: test.failureMessages.join('\n') }));
  });
}

interface Suite {
  readonly specs?: readonly Spec[] | undefined;
  readonly suites?: readonly Suite[] | undefined;
}

const spec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.number(),
  tests: z.array(
    z.object({
      status: z.string(),
      results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })),
    }),
  ),
});
type Spec = z.infer<typeof spec>;

const suite: z.ZodType<Suite> = z.object({
  specs: z.array(spec).optional(),
  get suites() {
    return z.array(suite).optional();
  },
});

/** @param report Playwright's JSON report; whatever is none has no failures to tell */
export function playwrightFailures(report: unknown): Failure[] {
  const read = suite.safeParse(report);
  if (!read.success) return [];
  const failures: Failure[] = [];
  const walk = ({ specs = [], suites = [] }: Suite) => {
    for (const { title, file, line, tests } of specs) {
      for (const test of tests.filter(({ status }) => status === 'unexpected' || status === 'flaky')) {
        const messages = test.results.flatMap(({ errors }) => errors.map(({ message }) => message ?? ''));
        failures.push({ title: `${file}:${line} › ${title}`, message: messages.join('\n') });
      }
    }
    suites.forEach(walk);
  };
  walk(read.data);
  return failures;
}

/** Lines of a failure's message and characters of a line that are said again. */
const LINES = 30;
const WIDTH = 300;

/** @returns the failures to print, one after the other; '' when there are none */
export function failuresAgain(failures: readonly Failure[]): string {
  return failures
    .map(({ title, message }) => {
      const lines = stripVTControlCharacters(message).split('\n');
      const shown = lines.slice(0, LINES).map((line) => `    ${line.slice(0, WIDTH)}`);
      return [`FAILED ${title}`, ...shown, ...(lines.length > LINES ? ['    …'] : [])].join('\n');
    })
    .join('\n');
}
