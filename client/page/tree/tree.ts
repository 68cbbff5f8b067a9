// The tree of pages out of its rows. Rows can disagree: two people may have moved pages into each other, or a parent
// may not have arrived. Every device then makes the same tree of them.
import { visible } from '../../kit/visible';

export interface PageRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly title: string;
  readonly icon: string;
  readonly position: string;
  readonly archived: boolean;
  readonly deleted_at: string | null;
  /** The member who put it into the bin last. */
  readonly deleted_by: string | null;
}

export interface PageTree {
  readonly byId: ReadonlyMap<string, PageRow>;
  /** Of a page, or of null for the top; in manual order. All of them: also what is archived or in the bin. */
  readonly children: (id: string | null) => readonly PageRow[];
  /** From the top down to its parent. */
  readonly above: (id: string) => readonly PageRow[];
  /** The page that is in the bin and takes this one with it: itself, or one above it; the nearest. */
  readonly binned: (id: string) => PageRow | null;
  readonly archived: (id: string) => PageRow | null;
  /** Children that are neither archived nor in the bin. */
  readonly shown: (id: string | null) => readonly PageRow[];
}

export const titleOf = (page: Pick<PageRow, 'title'>): string => visible(page.title.trim(), 'Untitled');

const none: readonly PageRow[] = [];
const inOrder = (a: PageRow, b: PageRow) =>
  a.position < b.position ? -1 : a.position > b.position ? 1 : a.id < b.id ? -1 : 1;

/**
 * Where each page hangs. A parent that is not here counts as the top; of pages that lie in each other in a circle
 * the one with the smallest id hangs at the top.
 */
function parents(byId: ReadonlyMap<string, PageRow>): Map<string, string | null> {
  const parent = new Map<string, string | null>();
  for (const { id, parent_id } of byId.values()) {
    parent.set(id, parent_id !== null && byId.has(parent_id) ? parent_id : null);
  }
  const known = new Set<string>();
  for (const start of byId.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    let at: string | null = start;
    while (at !== null && !known.has(at) && !onPath.has(at)) {
      path.push(at);
      onPath.add(at);
      at = parent.get(at) ?? null;
    }
    if (at !== null && onPath.has(at)) {
      const circle = path.slice(path.indexOf(at));
      parent.set([...circle].sort()[0]!, null);
    }
    for (const id of path) known.add(id);
  }
  return parent;
}

export function buildTree(rows: readonly PageRow[]): PageTree {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const parent = parents(byId);
  const children = new Map<string | null, PageRow[]>();
  for (const row of rows) {
    const under = parent.get(row.id) ?? null;
    children.set(under, [...(children.get(under) ?? []), row]);
  }
  for (const list of children.values()) list.sort(inOrder);
  const nearest = (id: string, test: (page: PageRow) => boolean): PageRow | null => {
    for (let at: string | null = id; at !== null; at = parent.get(at) ?? null) {
      const page = byId.get(at);
      if (page && test(page)) return page;
    }
    return null;
  };
  const of = (id: string | null) => children.get(id) ?? none;
  return {
    byId,
    children: of,
    above: (id) => {
      const path: PageRow[] = [];
      for (let at = parent.get(id) ?? null; at !== null; at = parent.get(at) ?? null) {
        path.unshift(byId.get(at)!);
      }
      return path;
    },
    binned: (id) => nearest(id, (page) => page.deleted_at !== null),
    archived: (id) => nearest(id, (page) => page.archived),
    shown: (id) => of(id).filter((page) => page.deleted_at === null && !page.archived),
  };
}

/** Whether `id` is `under` or below it: a page cannot be moved into itself. */
export function isWithin(tree: PageTree, id: string, under: string): boolean {
  return id === under || tree.above(id).some((page) => page.id === under);
}
