// What the reports share: numbers and tables as text, and the line that says when and on what they were measured.
/** What was measured together, when, and on what. */
export interface Stamp {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly node: string;
    readonly chromium: string;
    /** Of the last minute, before and after: beyond the number of cores, times are too long. */
    readonly load: readonly [before: number, after: number];
  };
}

const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** @returns without decimals, thousands by commas */
export const whole = (n: number): string => count.format(n);

/** @returns with one decimal; a dash for what is not there */
export const tenths = (n: number | null | undefined): string =>
  n === null || n === undefined ? '–' : n.toFixed(1);

/** @returns a table of Markdown; the first column to the left, the others to the right */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param what the part of npm run measure that writes it */
export function stampText({ measuredAt, commit, machine }: Stamp, what: string): string {
  return `Measured by \`npm run measure -- --only ${what}\` on ${measuredAt.slice(0, 10)} at commit ${commit}: ${machine.cores} cores
(${machine.cpu}), ${machine.memoryGiB} GiB, Node ${machine.node}, Chromium ${machine.chromium} headless, load before and
after ${machine.load.join(' and ')}.`;
}
