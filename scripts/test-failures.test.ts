// The failures that npm test says again at its end, from reports as the two runners write them.
import { expect, test } from 'vitest';
import { failuresAgain, playwrightFailures, vitestFailures } from './test-failures';

test('what failed is named, with its message, and nothing else', () => {
  const unit = vitestFailures(
    {
      testResults: [
        {
          name: '/repo/db/a.test.ts',
          status: 'failed',
          assertionResults: [
            { fullName: 'M1: one', status: 'passed', failureMessages: [] },
            { fullName: 'M1: two', status: 'failed', failureMessages: ['\u001b[31mseed 5\u001b[39m'] },
          ],
        },
        { name: '/repo/db/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    },
    '/repo',
  );
  const browser = playwrightFailures({
    suites: [
      {
        suites: [
          {
            specs: [
              {
                title: 'D1: three',
                file: 'pages.spec.ts',
                line: 7,
                tests: [{ status: 'unexpected', results: [{ errors: [{ message: 'not shown' }] }] }],
              },
            ],
          },
        ],
        specs: [{ title: 'fine', file: 'x.spec.ts', line: 1, tests: [{ status: 'expected', results: [] }] }],
      },
    ],
  });
  expect(failuresAgain([...unit, ...browser])).toBe(
    [
      'FAILED db/a.test.ts › M1: two',
      '    seed 5',
      'FAILED db/b.test.ts',
      '    no such module',
      'FAILED pages.spec.ts:7 › D1: three',
      '    not shown',
    ].join('\n'),
  );
});

test('a report that is missing or long breaks nothing', () => {
  expect(vitestFailures(null, '/')).toEqual([]);
  expect(playwrightFailures({ suites: 'none' })).toEqual([]);
  expect(failuresAgain([])).toBe('');
  const long = failuresAgain([{ title: 'long', message: 'x\n'.repeat(1000) }]);
  expect(long.split('\n').length).toBeLessThan(40);
});
