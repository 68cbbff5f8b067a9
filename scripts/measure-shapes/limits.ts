// The limits of budgets.json beside this file, and which of them the figures exceed. A limit is raised by hand, with
// the reason in the commit.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ShapeFigures } from './report';

const byCount = z.record(z.string(), z.number().positive());
const limits = z.strictObject({
  snapshotRowsPerSecond: z.number().positive(),
  /** By number of readers. */
  delayP95Ms: byCount,
  perReaderKiB: z.number().positive(),
  perShapeKiB: z.number().positive(),
  /** By number of shapes. */
  changesPerSecond: byCount,
  /** How much worse than linear anything may grow. */
  timesLinear: z.number().min(1),
});

export type ShapeLimits = z.infer<typeof limits>;

/** @throws Error when the file does not hold just these limits */
export function readLimits(): ShapeLimits {
  return limits.parse(JSON.parse(readFileSync(new URL('./budgets.json', import.meta.url), 'utf8')));
}

/** A sentence for each limit that the figures exceed. */
export function overLimits(limit: ShapeLimits, figures: ShapeFigures): string[] {
  const { snapshot, delays, perShape, flows } = figures;
  const complaints: string[] = [];
  const most = (what: string, value: number, bound: number | undefined) => {
    if (bound === undefined) complaints.push(`${what}: there is no limit`);
    // A figure that is no number is over every limit.
    else if (!(value <= bound)) complaints.push(`${what}: ${value.toFixed(1)}; the limit is ${bound}`);
  };
  const least = (what: string, value: number, bound: number | undefined) => {
    if (bound === undefined) complaints.push(`${what}: there is no limit`);
    else if (!(value >= bound)) complaints.push(`${what}: ${value.toFixed(1)}; it must be at least ${bound}`);
  };
  least('snapshot rows per second', (snapshot.rows / snapshot.cold) * 1000, limit.snapshotRowsPerSecond);
  for (const { readers, p95, perReader } of delays) {
    most(`p95 in ms with ${readers} readers`, p95, limit.delayP95Ms[readers]);
    if (readers === 1) continue;
    most(`KiB per reader with ${readers} readers`, perReader / 1024, limit.perReaderKiB);
    least(`KiB per reader with ${readers} readers`, perReader / 1024, 0);
  }
  most('KiB per shape', perShape / 1024, limit.perShapeKiB);
  for (const { shapes, matching } of flows) {
    least(`changes per second with ${shapes} shapes`, matching, limit.changesPerSecond[shapes]);
  }
  growth(delays.map(({ readers, last }) => [readers, last])).forEach(([count, times]) => {
    most(`growth of the delay up to ${count} readers, times linear`, times, limit.timesLinear);
  });
  growth(flows.map(({ shapes, matching }) => [shapes, 1 / matching])).forEach(([count, times]) => {
    most(`growth of a change's cost up to ${count} shapes, times linear`, times, limit.timesLinear);
  });
  return complaints;
}

/** For each count but the first: how many times the cost has grown compared with the count, since the one before. */
function growth(
  costs: readonly (readonly [count: number, cost: number])[],
): [count: number, times: number][] {
  return costs.slice(1).map(([count, cost], i) => {
    const [before, costBefore] = costs[i]!;
    return [count, cost / costBefore / (count / before)];
  });
}
