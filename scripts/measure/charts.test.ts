// The charts of docs/: bars are as long as their values, texts cannot break the file, and what is no number is refused.
import { expect, test } from 'vitest';
import { barChart } from './charts';

const text = (value: number) => `${value} ms`;
const lengthsIn = (svg: string) =>
  [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));

test('bars are as long as their values, and say how much they are of the first', () => {
  const svg = barChart({
    title: 'Cold',
    bars: [
      { label: 'stock', value: 400 },
      { label: 'less', value: 100 },
      { label: 'nothing', value: 0 },
    ],
    text,
  });
  const [stock = 0, less, nothing] = lengthsIn(svg);
  expect(stock).toBeGreaterThan(100);
  expect(less).toBeCloseTo(stock / 4, 0);
  expect(nothing).toBe(0);
  expect(svg).toContain('400 ms<');
  expect(svg).toContain('100 ms, 25 %<');
});

test('texts are texts', () => {
  const svg = barChart({ title: 'a < b & "c"', bars: [{ label: '<script>', value: 1 }], text });
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(svg).not.toContain('<script>');
});

test('there are colours for dark pages', () => {
  expect(barChart({ title: '', bars: [], text })).toContain('prefers-color-scheme: dark');
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('%d is no length', (value) => {
  expect(() => barChart({ title: '', bars: [{ label: 'x', value }], text })).toThrow(RangeError);
});
