// How a live query's rows look with an operation laid over them that the database has not answered yet. A query says of
// which table its rows are (`of`), and what else happens to them (`lay`); without that, a row's columns of the same names
// get the new values, and a deleted row goes.
import type { Operation } from './operations';

/** A row as a live query shows it. */
export type ShownRow = Readonly<Record<string, unknown>>;

/** An operation, with what was shown of its row before. */
export interface Laid extends Operation {
  /** Columns of the row, of all live queries of this tab that show it; null: none does, or it is new. */
  readonly was: ShownRow | null;
}

export interface Laying<R = ShownRow> {
  /** The table whose row's id is the `id` of these rows. */
  readonly of?: string | undefined;
  /**
   * The rows after the operation; the same array when it does not matter to them. Absent: layById.
   */
  readonly lay?: ((rows: readonly R[], operation: Laid) => readonly R[]) | undefined;
}

/** @returns whether an operation that names its rows by `where` means this one, as far as its columns are shown */
export function means(operation: Operation, row: object): boolean {
  return Object.entries(operation.where).every(([name, value]) => (row as ShownRow)[name] === value);
}

/** @returns the row with an update's values in the columns that it shows; the same row when nothing changes */
export function patched<R extends object>(row: R, { set, instead }: Operation): R {
  const shown = row as ShownRow;
  const changes = Object.entries(set).filter(
    ([name, value]) =>
      name in row &&
      name !== 'id' &&
      !Object.is(shown[name], value) &&
      (instead === undefined || JSON.stringify(shown[name]) === JSON.stringify(instead[name])),
  );
  return changes.length === 0 ? row : { ...row, ...Object.fromEntries(changes) };
}

/** The usual laying: updates patch, deletes remove, by the columns that the operation names its rows by. */
export function layById<R extends object>(
  of: string,
  rows: readonly R[],
  operation: Operation,
): readonly R[] {
  if (operation.table !== of || operation.kind === 'insert') return rows;
  if (!rows.some((row) => means(operation, row))) return rows;
  if (operation.kind === 'delete') return rows.filter((row) => !means(operation, row));
  return rows.map((row) => (means(operation, row) ? patched(row, operation) : row));
}

/** A live query that shows all rows of a table that belong to it, in an order of its own. */
export interface ShownList<R> {
  readonly of: string;
  /** What each column of a new row shows where its insert says nothing. It names all columns that are shown, but `id`. */
  readonly blank: Omit<R, 'id'>;
  /** Whether a new row is shown. @param set column values of the insert */
  readonly belongs: (set: ShownRow) => boolean;
  readonly order: (one: R, other: R) => number;
}

/** @returns what such a query shows of a write: as layById(), and new rows, in its order */
export function layList<R extends { readonly id: string }>(list: ShownList<R>): Laying<R> {
  const { of, blank, belongs, order } = list;
  const names = Object.keys(blank);
  return {
    of,
    lay: (rows, operation) => {
      const { table, kind, set } = operation;
      if (table !== of) return rows;
      if (kind !== 'insert') {
        const next = layById(of, rows, operation);
        return next === rows ? rows : [...next].sort(order);
      }
      if (!belongs(set) || rows.some(({ id }) => id === set.id)) return rows;
      const filled: ShownRow = { ...blank, ...set };
      const shown = Object.fromEntries(['id', ...names].map((name) => [name, filled[name]]));
      return [...rows, shown as unknown as R].sort(order);
    },
  };
}

const compared = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** As `order by position, id` sorts. */
export const byPosition = <R extends { readonly id: string; readonly position: string }>(one: R, other: R) =>
  compared(one.position, other.position) || compared(one.id, other.id);

/** As `order by lower(name), id` sorts. */
export const byName = <R extends { readonly id: string; readonly name: string }>(one: R, other: R) =>
  compared(one.name.toLowerCase(), other.name.toLowerCase()) || compared(one.id, other.id);

/** @returns the rows with one operation laid over them */
export function laidOver<R extends object>(
  laying: Laying<R>,
  rows: readonly R[],
  operation: Laid,
): readonly R[] {
  if (laying.lay) return laying.lay(rows, operation);
  return laying.of === undefined ? rows : layById(laying.of, rows, operation);
}
