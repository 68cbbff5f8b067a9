// The synced tables: which columns travel, who may change which, and how a row belongs to a workspace.
// Everything that must agree on this (shapes, write API, capture, merge) reads it from here.

export interface SyncedTable {
  /** Column that names the workspace; the shape's where clause and every access check use it. */
  readonly scope: 'id' | 'workspace_id';
  /** Columns carried by the shape, in order. A client pins them (S3); generated columns never travel. */
  readonly columns: readonly string[];
  /** Columns a client may set in an insert. Empty: clients only read. */
  readonly insertable: readonly string[];
  /** Columns a client may change afterwards. */
  readonly updatable: readonly string[];
  /** Fields whose lost values are nobody's loss (order keys): merged without a notice. */
  readonly silent: readonly string[];
  /** A shape is limited to the person's own rows. */
  readonly personal?: 'user_id';
}

const stamps = ['created_at', 'updated_at', 'version'] as const;

function table(t: {
  scope?: 'id' | 'workspace_id';
  fixed?: readonly string[];
  fields?: readonly string[];
  readOnly?: readonly string[];
  silent?: readonly string[];
  personal?: 'user_id';
}): SyncedTable {
  const fixed = t.fixed ?? [];
  const fields = t.fields ?? [];
  const scope = t.scope ?? 'workspace_id';
  const identity = scope === 'id' ? ['id'] : ['id', 'workspace_id'];
  return {
    scope,
    columns: [...identity, ...fixed, ...fields, ...(t.readOnly ?? []), ...stamps],
    insertable: fixed.length > 0 ? ['workspace_id', ...fixed, ...fields, 'created_at'] : [],
    updatable: fields,
    silent: t.silent ?? [],
    ...(t.personal ? { personal: t.personal } : {}),
  };
}

/** In the order in which a first load fetches them: parents before children. */
export const tables = {
  workspace: table({ scope: 'id', readOnly: ['name'] }),
  member: table({ readOnly: ['user_id', 'name', 'email', 'role'] }),
  project: table({ fixed: ['key'], fields: ['name', 'position', 'archived'], silent: ['position'] }),
  label: table({ fixed: ['name'], fields: ['color'] }),
  task: table({
    fixed: ['author_id', 'author', 'source'],
    fields: ['project_id', 'title', 'description', 'status', 'priority', 'assignee_id', 'due_on', 'position'],
    silent: ['position'],
  }),
  task_label: table({ fixed: ['task_id', 'label_id'] }),
  comment: table({ fixed: ['task_id', 'author_id', 'author'], fields: ['body'] }),
  notice: table({
    personal: 'user_id',
    fields: ['resolved_at'],
    readOnly: ['user_id', 'kind', 'table', 'row_id', 'field', 'lost', 'kept', 'by_user', 'by_name', 'title'],
  }),
} as const satisfies Record<string, SyncedTable>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];

/** @returns whether the name is a synced table; narrows it. */
export function isTableName(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}
