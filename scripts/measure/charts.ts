// Bar charts as SVG files for docs/: readable on light and on dark pages, without scripts and without fonts of their own.

export interface Bar {
  readonly label: string;
  /** Not negative. */
  readonly value: number;
}

export interface Chart {
  readonly title: string;
  /** One bar a row, from above. */
  readonly bars: readonly Bar[];
  /** @returns a value as it is written behind its bar, with its unit */
  readonly text: (value: number) => string;
}

const width = 720;
const labels = 270;
const numbers = 130;
const row = 26;
const top = 40;

/**
 * A chart of bars; behind each stands its value, and how much it is of the first one's.
 * @throws RangeError when a value is negative or no number
 */
export function barChart({ title, bars, text }: Chart): string {
  for (const { label, value } of bars) {
    if (!(value >= 0 && Number.isFinite(value)))
      throw new RangeError(`${label}: ${value} is no length of a bar`);
  }
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const first = bars[0]?.value ?? 0;
  const height = top + bars.length * row + 8;
  const room = width - labels - numbers;
  const lines = bars.map(({ label, value }, i) => {
    const y = top + i * row;
    const length = Math.round((value / most) * room * 10) / 10;
    const share = i > 0 && first > 0 ? `, ${Math.round((value / first) * 100)} %` : '';
    return [
      `<text x="${labels - 8}" y="${y + 15}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${labels}" y="${y + 3}" width="${length}" height="${row - 9}" rx="2"/>`,
      `<text x="${labels + length + 6}" y="${y + 15}" class="value">${escaped(text(value) + share)}</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #333 }
text.title { font-weight: 600; font-size: 14px }
text.value { fill: #555 }
rect { fill: #4674b8 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } text.value { fill: #bbb } rect { fill: #7aa5e6 } }
</style>
<text x="8" y="22" class="title">${escaped(title)}</text>
${lines.join('\n')}
</svg>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
