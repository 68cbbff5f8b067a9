// The synced tables of one app, as the core is told of them: it knows no table by name. db/tables.ts has Outpost's.

export type Kind = 'insert' | 'update' | 'delete';

export interface SyncedTable {
  /** Column that names the workspace; the shape's where clause and every access check use it. */
  readonly scope: 'id' | 'workspace_id';
  /** Columns carried by the shape, in order: those of this program's schema. Generated columns never travel. */
  readonly columns: readonly string[];
  /** Columns that the first release did not have, by the number of the migration that added them (S3). */
  readonly added: Readonly<Record<string, number>>;
  /** Columns a client may set in an insert. Empty: clients only read. */
  readonly insertable: readonly string[];
  /** Columns a client may change afterwards. */
  readonly updatable: readonly string[];
  /** Fields whose lost values are nobody's loss (order keys): merged without a notice. */
  readonly silent: readonly string[];
  /** SQL that limits a shape to the rows a person may see; $2 is the person's account. Absent: all of the workspace. */
  readonly visible?: string;
  /** false: what is deleted leaves nothing behind, and may come again. */
  readonly grave: boolean;
}

export interface Schema {
  /** In the order in which a first load fetches them: parents before children. */
  readonly tables: Readonly<Record<string, SyncedTable>>;
  readonly names: readonly string[];
  /** The columns that this program knows of all tables, as one number; a client says it with each shape request (S3). */
  readonly version: number;
  /** The schema version of the first release. */
  readonly firstVersion: number;
  /** What a person is told when a constraint is broken, by its name. */
  readonly sentences: Readonly<Record<string, string>>;
  /** What the machinery in migrations/ is told of the tables (migrate()). */
  readonly machinery: Readonly<Record<string, unknown>>;
}

/** @returns the table of this name; null when it is not synced */
export function tableOf(schema: Schema, name: string): SyncedTable | null {
  return Object.hasOwn(schema.tables, name) ? schema.tables[name]! : null;
}

/** @returns the columns that a program of this schema version knows, in the order of the newest */
export function columnsAt(schema: Schema, name: string, version: number): string[] {
  const { columns, added } = schema.tables[name]!;
  const { firstVersion } = schema;
  return columns.filter((column) => (added[column] ?? firstVersion) <= Math.max(version, firstVersion));
}
