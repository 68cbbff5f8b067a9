// Where a card lands: reading the place under the pointer from the page, and the order key for it.
import type { Kysely } from 'kysely';
import type { DB } from '../../../db/schema';
import { keyBetween } from '../../kit/position';
import type { Store } from '../../sync/store';
import type { TaskStatus } from '../facts';
import type { LoadedSlice } from '../task-window';
import { topOf } from './tops';

export interface Place {
  readonly status: TaskStatus;
  /** The card that it goes before; null: the end of the column. */
  readonly beforeId: string | null;
}

const columnsOf = (board: Element) => [...board.querySelectorAll<HTMLElement>('[data-column]')];
const cardsOf = (column: Element, without: string) =>
  [...column.querySelectorAll<HTMLElement>('[data-task-id]')].filter(
    (card) => card.dataset.taskId !== without,
  );
const statusOf = (column: HTMLElement) => column.dataset.column as TaskStatus;

/** The place at a point of the screen: nearest column, then before the first card whose middle is below. */
export function placeAt(board: Element, activeId: string, x: number, y: number): Place | null {
  let nearest: HTMLElement | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const column of columnsOf(board)) {
    const { left, right } = column.getBoundingClientRect();
    const d = x < left ? left - x : x > right ? x - right : 0;
    if (d < distance) [nearest, distance] = [column, d];
  }
  if (!nearest) return null;
  const before = cardsOf(nearest, activeId).find((card) => {
    const { top, height } = card.getBoundingClientRect();
    return top + height / 2 > y;
  });
  return { status: statusOf(nearest), beforeId: before?.dataset.taskId ?? null };
}

/** The next place in a direction, and where on the screen it is; null at an edge. */
export function placeBeside(
  board: Element,
  activeId: string,
  from: Place,
  direction: 'up' | 'down' | 'left' | 'right',
): { place: Place; x: number; y: number } | null {
  const columns = columnsOf(board);
  const at = columns.findIndex((column) => statusOf(column) === from.status);
  const cards = columns[at] ? cardsOf(columns[at], activeId) : [];
  const found = cards.findIndex((card) => card.dataset.taskId === from.beforeId);
  const index = found < 0 ? cards.length : found;
  const sideways = direction === 'left' ? -1 : direction === 'right' ? 1 : 0;
  const column = columns[at + sideways];
  if (!column) return null;
  const there = cardsOf(column, activeId);
  const next = sideways ? Math.min(index, there.length) : index + (direction === 'up' ? -1 : 1);
  if (next < 0 || next > there.length) return null;
  const before = there[next];
  const last = there.at(-1)?.getBoundingClientRect();
  const frame = column.getBoundingClientRect();
  return {
    place: { status: statusOf(column), beforeId: before?.dataset.taskId ?? null },
    x: frame.left + 12,
    y: before ? before.getBoundingClientRect().top - 12 : last ? last.bottom - 4 : frame.top + 44,
  };
}

async function neighbour(
  store: Store,
  projectId: string,
  status: string,
  position: string,
  side: 'before' | 'after',
) {
  const [row] = await store.read(beside(store.db, projectId, status, position, side));
  return row?.position ?? null;
}

/** The nearest position on one side of a position in a status group. */
export function beside(
  db: Kysely<DB>,
  projectId: string,
  status: string,
  position: string,
  side: 'before' | 'after',
) {
  return db
    .selectFrom('task')
    .select('position')
    .where('project_id', '=', projectId)
    .where('status', '=', status)
    .where('position', side === 'before' ? '<' : '>', position)
    .orderBy('position', side === 'before' ? 'desc' : 'asc')
    .limit(1);
}

/**
 * The order key for a place: at once where its neighbours are loaded, else they are read from the database.
 * @param column what is loaded of the column that it goes to
 * @param total how many tasks the column has
 */
export function keyFor(
  store: Store,
  projectId: string,
  activeId: string,
  place: Place,
  column: LoadedSlice,
  total: number,
): string | Promise<string> {
  const rows = column.rows.filter((row) => row.id !== activeId);
  const found = rows.findIndex((row) => row.id === place.beforeId);
  const index = found < 0 ? rows.length : found;
  const before = rows[index - 1]?.position ?? null;
  const after = rows[index]?.position ?? null;
  if (before === null && after !== null && column.offset > 0) {
    return neighbour(store, projectId, place.status, after, 'before').then((key) => keyBetween(key, after));
  }
  if (after === null && before !== null && column.offset + column.rows.length < total) {
    return neighbour(store, projectId, place.status, before, 'after').then((key) => keyBetween(before, key));
  }
  return keyBetween(before, after);
}

/** The order key for the top of a status group: at once where it is shown, else it is read from the database. */
export async function topKey(store: Store, projectId: string, status: string): Promise<string> {
  const top = topOf(store, projectId, status);
  if (top !== undefined) return keyBetween(null, top);
  const [first] = await store.read(
    store.db
      .selectFrom('task')
      .select('position')
      .where('project_id', '=', projectId)
      .where('status', '=', status)
      .orderBy('position')
      .limit(1),
  );
  return keyBetween(null, first?.position ?? null);
}
