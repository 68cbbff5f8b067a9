// Rows and values as people know them, from the definitions of the tables: names instead of ids, words instead of codes.
import { useCallback } from 'react';
import { parseRange } from '../../../db/booking/range';
import type { Column } from '../../../db/sync/define';
import { definitionOf } from '../../../db/tables';
import { useWorkspace } from '../../account/workspace';
import { whenText } from '../../booking/grid-time';
import { resources } from '../../booking/queries';
import { dueDay } from '../../kit/when';
import { useLive } from '../../sync/react/store-context';
import { useLabels, useProjects } from '../../task';

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

/** A row that a column can name. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly archived?: boolean;
}

/** @returns the rows of a table that columns name: by its name; undefined for a table whose rows are not listed */
export function useNamed(): (table: string) => readonly Named[] | undefined {
  const { id, members } = useWorkspace();
  const { labels } = useLabels();
  const projects = useProjects();
  const rows = useLive((db) => resources(db, id), [id]);
  return useCallback(
    (table) => {
      const all: Record<string, readonly Named[] | undefined> = {
        ...{ member: members, label: labels, project: projects, resource: rows },
      };
      return all[table];
    },
    [members, labels, projects, rows],
  );
}

/** @returns words for a value of a column. */
export function useSay(): (table: string, column: string, value: unknown) => string {
  const named = useNamed();
  return useCallback(
    (table, name, value) => {
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
    },
    [named],
  );
}
