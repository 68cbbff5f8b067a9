// How a table is defined: one entry per column, who may do what, what is told when a rule is broken. Shapes, the write
// path, merge, capture, the panel, search, export and the Inbox all read a table's definition.
import type { Exception } from './access';
import { type ConstraintRule, check } from './constraint-rule';
import type { SyncedTable } from './schema';

/** How people type a value of a column anew. */
export type Control = 'text' | 'long-text' | 'number' | 'day';

/** One column that travels. id, workspace_id and the stamps are every table's and are not defined. */
export interface Column {
  /** once: by the insert. always: whenever somebody may. server: by the server alone. */
  readonly set: 'once' | 'always' | 'server';
  /** What people call it, in the middle of a sentence. null: it says nothing to a person. */
  readonly called: string | null;
  /** Absent: it is not typed. */
  readonly control?: Control;
  /** How its values are told, where that is not by how they are typed. span: a range of time, as Postgres writes it. */
  readonly told?: 'span';
  /** What its codes are called. */
  readonly values?: Readonly<Record<string | number, string>>;
  /** The table whose row it names; an array of ids counts, too. */
  readonly names?: string;
  /** A lost value is nobody's loss (order keys): merged without a notice. */
  readonly silent?: true;
  /** The number of the migration that added it, if the first release did not have it (S3). */
  readonly since?: number;
  /** The panel of a row shows it, and search looks into it, without any further code; columns of the first release are placed by hand. */
  readonly shown?: true;
  /** Sentences of the constraints that are about this column alone, by the constraint's name. */
  readonly rules?: Readonly<Record<string, string>>;
}

type More = Omit<Column, 'set' | 'called'>;

export const once = (called: string | null = null, more: More = {}): Column => ({
  set: 'once',
  called,
  ...more,
});
export const field = (called: string | null = null, more: More = {}): Column => ({
  set: 'always',
  called,
  ...more,
});
export const byServer = (called: string | null = null, more: More = {}): Column => ({
  set: 'server',
  called,
  ...more,
});

export interface TableInput {
  /** What people call a row of it. null: it is no thing to a person. */
  readonly called: string | null;
  /** Absent: workspace_id. */
  readonly scope?: 'id';
  /** In the order in which shapes carry them. */
  readonly columns: Readonly<Record<string, Column>>;
  /** false: clients make no rows, whatever the columns say. */
  readonly made?: false;
  readonly visible?: string;
  readonly grave?: false;
  /** What differs from: members and owners make, change and delete. */
  readonly access?: Exception;
  /** By constraint name: every constraint of the table has its entry. */
  readonly rules?: Readonly<Record<string, ConstraintRule>>;
}

export interface TableDefinition extends SyncedTable {
  readonly called: string | null;
  /** Of those that are carried, the ones that were defined. */
  readonly defined: Readonly<Record<string, Column>>;
  readonly exception: Exception;
  readonly rules: Readonly<Record<string, ConstraintRule>>;
}

const stamps = ['created_at', 'updated_at', 'version'];

export function defineTable(input: TableInput): TableDefinition {
  const { called, scope = 'workspace_id', columns, made = true, visible, access = {}, rules = {} } = input;
  const all = Object.entries(columns);
  const those = (set: Column['set']) => all.filter(([, column]) => column.set === set).map(([name]) => name);
  const identity = scope === 'id' ? ['id'] : ['id', 'workspace_id'];
  return {
    scope,
    columns: [...identity, ...those('once'), ...those('always'), ...those('server'), ...stamps],
    insertable: made ? ['workspace_id', ...those('once'), ...those('always'), 'created_at'] : [],
    updatable: those('always'),
    silent: all.filter(([, { silent }]) => silent).map(([name]) => name),
    grave: input.grave ?? true,
    added: Object.fromEntries(
      all.flatMap(([name, { since }]) => (since === undefined ? [] : [[name, since]])),
    ),
    ...(visible ? { visible } : {}),
    called,
    defined: columns,
    exception: access,
    rules: {
      ...rules,
      ...Object.fromEntries(
        all.flatMap(([name, { rules: own = {} }]) =>
          Object.entries(own).map(([constraint, sentence]) => [constraint, check(sentence, name)]),
        ),
      ),
    },
  };
}
