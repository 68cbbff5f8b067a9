// The lines of the list: each group has a header line and, unless closed, a line per task. Pure arithmetic.

import type { TaskStatus } from '../facts';
import type { Slice } from '../queries';

export interface Group {
  readonly status: TaskStatus;
  /** Line of its header. */
  readonly start: number;
  /** Line after its last task. */
  readonly end: number;
}

/** @param hideEmpty leave groups without tasks out: with filters they say nothing. */
export function flatten(
  shown: readonly TaskStatus[],
  counts: ReadonlyMap<TaskStatus, number> | undefined,
  closed: readonly TaskStatus[],
  hideEmpty: boolean,
): Group[] {
  const groups: Group[] = [];
  let line = 0;
  for (const status of shown) {
    const count = counts?.get(status) ?? 0;
    if (hideEmpty && count === 0) continue;
    const end = line + 1 + (closed.includes(status) ? 0 : count);
    groups.push({ status, start: line, end });
    line = end;
  }
  return groups;
}

/** What a line is; `index` is the place in the group, or undefined for the header. */
export function lineAt(
  groups: readonly Group[],
  line: number,
): { status: TaskStatus; index: number | undefined } | null {
  const group = groups.find((g) => line >= g.start && line < g.end);
  if (!group) return null;
  return { status: group.status, index: line === group.start ? undefined : line - group.start - 1 };
}

export function lineOf(groups: readonly Group[], status: TaskStatus, index: number): number | null {
  const group = groups.find((g) => g.status === status);
  return group && group.start + 1 + index < group.end ? group.start + 1 + index : null;
}

/** The pieces of groups that lie within lines from..to (to excluded). */
export function rowsWithin(groups: readonly Group[], from: number, to: number): Slice[] {
  return groups.flatMap((group) => {
    const first = Math.max(group.start + 1, from);
    const last = Math.min(group.end, to);
    if (last <= first) return [];
    return [{ status: group.status, offset: first - group.start - 1, limit: last - first }];
  });
}
