// Lists of block numbers, written short: [first, count, first, count, …].

export type Runs = number[];

/** Adds a block to the end of the list. */
export function addTo(runs: Runs, block: number): void {
  const last = runs.length - 2;
  if (last >= 0 && runs[last]! + runs[last + 1]! === block) runs[last + 1]!++;
  else runs.push(block, 1);
}

export function runsOf(blocks: readonly number[]): Runs {
  const runs: Runs = [];
  for (const block of blocks) addTo(runs, block);
  return runs;
}

export function blocksOf(runs: Runs): number[] {
  const blocks: number[] = [];
  for (let i = 0; i < runs.length; i += 2) for (let n = 0; n < runs[i + 1]!; n++) blocks.push(runs[i]! + n);
  return blocks;
}
