// docs/pglite-costs.md: every step is explained, every figure stands in its row, and what failed says why instead of a number.
import { expect, test } from 'vitest';
import { costsText, ladderCharts } from './costs-report';
import { levels } from './ladder-levels';
import { stepTexts } from './ladder-steps';
import { peers } from './peer-list';
import type { PeerFigures } from './peer-run';
import type { Stamp } from './report-text';

const stamp: Stamp = {
  measuredAt: '2026-01-02T03:04:05.000Z',
  commit: 'abc1234',
  machine: { cpu: 'a CPU', cores: 2, memoryGiB: 8, node: '20.0.0', chromium: '150.0', load: [0.1, 1.5] },
};
const q = (p50: number) => ({ p50, p95: p50 * 2, samples: 15 });
const memory = (wasmMiB: number) => ({ wasmMiB, jsMiB: 2, rendererMiB: null });

function figures(key: string, n: number): PeerFigures {
  const use = { durable: q(n), live: q(n), painted: q(n), list: q(n), point: q(n), search: q(n) };
  return {
    key,
    runs: 7,
    bytes: 1_000_000 * n,
    cold: { writable: 1_000 * n },
    reopened: { writable: 100 * n, readable: 200 * n },
    insert: 300 * n,
    use,
    memory: { booted: memory(10 * n), used: memory(20 * n) },
    large: { insert: 5_000 * n, list: q(n), point: q(n), memory: memory(30 * n) },
  };
}

const failing: PeerFigures = { key: 'livestore', runs: 0, failed: 'run 1: not done within 90 s' };
const ladder = {
  ...stamp,
  runs: 7,
  tasks: 10_000,
  levels: levels.map(({ key }, i) => figures(key, i + 1)),
};
const beside = {
  ...stamp,
  runs: 7,
  tasks: 10_000,
  large: 100_000,
  peers: peers.map(({ key }) => ({ ...(key === 'livestore' ? failing : figures(key, 3)), version: '1.2.3' })),
};

test('every level is explained', () => {
  expect(Object.keys(stepTexts).sort()).toEqual(levels.map(({ key }) => key).sort());
  const text = costsText({ ladder });
  for (const { name, price } of levels) {
    expect(text).toContain(`**${name}.**`);
    expect(text).toContain(price);
  }
});

test('the figures of a level stand in its row', () => {
  const row = costsText({ ladder })
    .split('\n')
    .find((line) => line.startsWith(`| ${levels[1]!.name} |`));
  expect(row?.split('|').map((cell) => cell.trim())).toEqual([
    ...['', levels[1]!.name, '2,000,000', '2,000', '200', '400', '600', '2.0 / 4.0', '20.0', '40.0', '–', ''],
  ]);
});

test('a peer that failed has dashes and its reason, and the others their figures', () => {
  const text = costsText({ peers: beside });
  expect(text).toContain('- LiveStore: run 1: not done within 90 s');
  expect(text).toContain('| LiveStore | – | – |');
  expect(text).toContain('| Dexie | 3,000,000 | 3,000 |');
  expect(text).toContain('| Dexie | 15,000 |');
});

test('a part that was never measured is not spoken of', () => {
  expect(costsText({})).not.toContain('## ');
  expect(costsText({ ladder })).not.toContain('## Beside');
});

test('a level that failed has no bar', () => {
  const charts = ladderCharts({
    ...ladder,
    levels: [...ladder.levels.slice(0, 3), { key: 'slim', runs: 0 }],
  });
  expect(Object.keys(charts)).toHaveLength(4);
  for (const svg of Object.values(charts)) expect(svg.match(/<rect /g)).toHaveLength(3);
});
