// The limits of the shape server's figures can be exceeded, each by itself.
import { expect, test } from 'vitest';
import { overLimits, readLimits } from './limits';
import type { ShapeFigures } from './report';

const limits = {
  snapshotRowsPerSecond: 1000,
  delayP95Ms: { 1: 5, 100: 50 },
  perReaderKiB: 20,
  perShapeKiB: 4,
  changesPerSecond: { 1: 100, 10: 10 },
  timesLinear: 1.5,
};
const delay = { readers: 1, p50: 1, p95: 5, last: 1, perReader: -1 };
const fine: ShapeFigures = {
  snapshot: { rows: 1000, bytes: 1, parts: 1, cold: 1000, warm: 1, memory: 1 },
  delays: [delay, { readers: 100, p50: 1, p95: 50, last: 150, perReader: 20_480 }],
  perShape: 4096,
  flows: [
    { shapes: 1, matching: 150, others: 1 },
    { shapes: 10, matching: 10, others: 1 },
  ],
};

test('figures at their limits are within them', () => {
  expect(overLimits(limits, fine)).toEqual([]);
});

test.each<[string, Partial<ShapeFigures>, string[]]>([
  [
    'snapshot',
    { snapshot: { ...fine.snapshot, cold: 1001 } },
    ['snapshot rows per second: 999.0; it must be at least 1000'],
  ],
  ['shape', { perShape: 5120 }, ['KiB per shape: 5.0; the limit is 4']],
  ['no number', { perShape: Number.NaN }, ['KiB per shape: NaN; the limit is 4']],
  [
    'reader',
    { delays: [delay, { readers: 100, p50: 1, p95: 51, last: 151, perReader: 21_504 }] },
    [
      'p95 in ms with 100 readers: 51.0; the limit is 50',
      'KiB per reader with 100 readers: 21.0; the limit is 20',
      'growth of the delay up to 100 readers, times linear: 1.5; the limit is 1.5',
    ],
  ],
  [
    'impossible memory',
    { delays: [{ readers: 100, p50: 1, p95: 1, last: 1, perReader: -2048 }] },
    ['KiB per reader with 100 readers: -2.0; it must be at least 0'],
  ],
  [
    'changes',
    {
      flows: [
        { shapes: 1, matching: 150, others: 1 },
        { shapes: 10, matching: 9, others: 1 },
      ],
    },
    [
      'changes per second with 10 shapes: 9.0; it must be at least 10',
      "growth of a change's cost up to 10 shapes, times linear: 1.7; the limit is 1.5",
    ],
  ],
  [
    'a count without a limit',
    { flows: [{ shapes: 3, matching: 1, others: 1 }] },
    ['changes per second with 3 shapes: there is no limit'],
  ],
])('over the limit: %s', (_what, figures, complaints) => {
  expect(overLimits(limits, { ...fine, ...figures })).toEqual(complaints);
});

test('budgets.json has the limits that the figures need', () => {
  const { delayP95Ms, changesPerSecond } = readLimits();
  expect(Object.keys(delayP95Ms)).toEqual(['1', '100', '1000']);
  expect(Object.keys(changesPerSecond)).toEqual(['1', '10', '100']);
});
