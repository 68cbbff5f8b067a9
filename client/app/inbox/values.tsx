// Rows and values as people know them, from the definitions of the tables: names instead of ids, words instead of codes.
import { parseRange } from '../../../db/booking/range';
import type { Column } from '../../../db/sync/define';
import { definitionOf } from '../../../db/tables';
import { whenText } from '../../booking/grid-time';
import { type NamedRow, type NamedRows, useFeatures } from '../../kit/feature';
import { dueDay } from '../../kit/when';

/** @returns what people call a row of the table */
export function rowName(table: string): string {
  return definitionOf(table)?.called ?? 'row';
}

/** @returns the definition of a column; null for columns that every table has, and for unknown ones */
export function columnOf(table: string, column: string): Column | null {
  const defined = definitionOf(table)?.defined ?? {};
  return Object.hasOwn(defined, column) ? defined[column]! : null;
}

/** @returns what people call the column */
export function columnName(table: string, column: string): string {
  return columnOf(table, column)?.called ?? column;
}

const useNamedRows = (): readonly NamedRows[] => useFeatures().flatMap((feature) => feature.named ?? []);

/** @returns whether another row of this table can be chosen for a refused one that names one */
export function useCanReplace(): (table: string) => boolean {
  const named = useNamedRows();
  return (name) => named.some(({ table, canReplace }) => table === name && canReplace);
}

/** @returns the rows of a table that columns name: by its name; undefined for a table whose rows are not listed */
export function useNamed(): (table: string) => readonly NamedRow[] | undefined {
  const named = useNamedRows();
  // biome-ignore lint/correctness/useHookAtTopLevel: the features are the same at every render
  const rows = named.map(({ table, useRows }) => [table, useRows()] as const);
  return (table) => rows.find(([name]) => name === table)?.[1];
}

/** @returns words for a value of a column. */
export function useSay(): (table: string, column: string, value: unknown) => string {
  const named = useNamed();
  return (table, name, value) => {
    if (value === null || value === undefined || value === '') return 'nothing';
    const column = columnOf(table, name);
    if (column?.values) return column.values[String(value)] ?? String(value);
    if (column?.names) {
      const rows = named(column.names);
      const unknown = column.names === 'member' ? 'a former member' : `another ${rowName(column.names)}`;
      const nameOf = (id: unknown) => rows?.find((row) => row.id === id)?.name ?? unknown;
      return Array.isArray(value) ? value.map(nameOf).join(', ') || 'nobody' : nameOf(value);
    }
    if (column?.control === 'day') return dueDay(String(value)).text;
    if (column?.told === 'span') {
      const span = parseRange(String(value));
      return span ? whenText(span.start, span.end) : String(value);
    }
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
}
