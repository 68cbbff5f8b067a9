// A window onto the tasks of a project: pieces of its status groups, live, and how many there are in all. The board
// and the list ask for what is on the screen and a little more, never for everything. What did not change keeps its
// identity, group by group, so that only the groups that changed are drawn again.
import { useEffect, useMemo, useRef } from 'react';
import { useLiveTagged, useStore } from '../sync/react/store-context';
import { keepTops } from './board/tops';
import { isStatus, type TaskStatus } from './facts';
import { activeFilters, type Filters } from './filters';
import { countOptions, windowOptions } from './laying';
import { type Slice, statusCounts, type TaskRow, taskSlices } from './queries';

export interface LoadedSlice {
  readonly offset: number;
  readonly rows: readonly TaskRow[];
}

export interface TaskWindow {
  /** Tasks per status under the filters; undefined: not known yet. */
  readonly counts: ReadonlyMap<TaskStatus, number> | undefined;
  /** The piece of a group that is loaded, in order. */
  readonly loaded: (status: TaskStatus) => LoadedSlice;
  /** A row by its place in the group; undefined while it is on its way. */
  readonly at: (status: TaskStatus, index: number) => TaskRow | undefined;
}

const nothing: LoadedSlice = { offset: 0, rows: [] };
const byPosition = (a: TaskRow, b: TaskRow) =>
  a.position < b.position ? -1 : a.position > b.position ? 1 : a.id < b.id ? -1 : 1;

/** Widens a visible range to whole blocks, so that scrolling a little asks for nothing new. */
export function block(first: number, last: number, size: number): { offset: number; limit: number } {
  const offset = Math.max(0, Math.floor((first - size / 2) / size) * size);
  const end = Math.ceil((last + 1 + size / 2) / size) * size;
  return { offset, limit: end - offset };
}

function isSame(a: LoadedSlice | undefined, b: LoadedSlice): a is LoadedSlice {
  return (
    a?.offset === b.offset && a.rows.length === b.rows.length && a.rows.every((row, i) => row === b.rows[i])
  );
}

export function useTaskWindow(projectId: string, f: Filters, slices: readonly Slice[]): TaskWindow {
  const store = useStore();
  const base = JSON.stringify([projectId, f]);
  const key = JSON.stringify(slices);
  const live = useLiveTagged<TaskRow, { base: string; slices: Slice[] }>(
    (db) => (slices.length > 0 ? taskSlices(db, projectId, f, slices) : null),
    [base, key],
    useMemo(() => ({ base, slices: JSON.parse(key) as Slice[] }), [base, key]),
    windowOptions(projectId, f, slices),
  );
  const counted = useLiveTagged(
    (db) => statusCounts(db, projectId, f),
    [base],
    base,
    countOptions(projectId, f),
  );
  /** Rows of earlier windows by place, to show while a new window is on its way. */
  const earlier = useRef<{ base: string; places: Map<string, TaskRow> }>({ base, places: new Map() });
  const before = useRef(new Map<TaskStatus, LoadedSlice>());

  const counts = useMemo(() => {
    if (!counted) return undefined;
    return new Map(
      counted.rows.flatMap((row) => (isStatus(row.status) ? [[row.status, row.count] as const] : [])),
    );
  }, [counted]);
  const isCounted = counted?.tag === base;

  const window = useMemo<TaskWindow>(() => {
    const groups = new Map<TaskStatus, LoadedSlice>();
    const fresh = live && live.tag.base === base ? live : undefined;
    if (earlier.current.base !== base || earlier.current.places.size > 2_000) {
      earlier.current = { base, places: new Map() };
    }
    const { places } = earlier.current;
    const ids = new Set(live?.rows.map((row) => row.id));
    const totals = counts && new Map(counts);
    for (const slice of live?.tag.slices ?? []) {
      const rows = live!.rows.filter((row) => row.status === slice.status).sort(byPosition);
      const now = { offset: slice.offset, rows };
      const old = before.current.get(slice.status);
      groups.set(slice.status, isSame(old, now) ? old : now);
      if (!fresh) continue;
      for (const [i, row] of rows.entries()) places.set(`${slice.status}${slice.offset + i}`, row);
      // The end of the group is in the window: the rows know the count, also before it was counted again. Fewer rows
      // than counted may be those that this tab has taken out of the window.
      const end = slice.offset + rows.length;
      const isEnd = rows.length < slice.limit && (rows.length > 0 || slice.offset === 0);
      if (isEnd && (!isCounted || end > (totals?.get(slice.status) ?? 0))) totals?.set(slice.status, end);
    }
    before.current = groups;
    return {
      counts: totals,
      loaded: (status) => groups.get(status) ?? nothing,
      at: (status, index) => {
        const group = groups.get(status);
        const row = group?.rows[index - group.offset];
        if (row || !fresh) return row;
        const before = places.get(`${status}${index}`);
        return before && !ids.has(before.id) ? before : undefined;
      },
    };
  }, [live, base, counts, isCounted]);

  const isWhole = activeFilters(f).length === 0 && live?.tag.base === base;
  useEffect(() => {
    if (!isWhole) return;
    return keepTops(store, projectId, (status) => {
      const { offset, rows } = window.loaded(status);
      if (rows[0] && offset === 0) return rows[0].position;
      return rows.length === 0 && window.counts?.get(status) === undefined && window.counts
        ? null
        : undefined;
    });
  }, [store, projectId, isWhole, window]);
  return window;
}
