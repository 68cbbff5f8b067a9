// Outpost's synced tables: the list of its features. What a table is stands in its feature's tables.ts.
import { bookingTables } from './booking/tables';
import { fileTables } from './file/tables';
import { pageTables } from './page/tables';
import { stockTables } from './stock/tables';
import type { TableDefinition } from './sync/define';
import { defineSchema } from './sync/definitions';
import { coreTables } from './sync/tables';
import { taskTables } from './task/tables';

/** The newest migration of the first release. */
const firstSchema = 6;

export const schema = defineSchema(
  {
    ...coreTables,
    ...taskTables,
    ...bookingTables,
    ...stockTables,
    ...pageTables,
    ...fileTables,
  },
  firstSchema,
);

export const { tables, access } = schema;
export type TableName = keyof typeof tables;
export const tableNames = schema.names as TableName[];

/** @returns whether the name is a synced table; narrows it. */
export function isTableName(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}

/** @returns what is defined of a table, by its name; null when it is not synced */
export function definitionOf(name: string): TableDefinition | null {
  return isTableName(name) ? tables[name] : null;
}
