// The synced tables: which columns travel, who may change which, and how a row belongs to a workspace.
// Everything that must agree on this (shapes, write API, capture, merge) reads it from here.

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

const stamps = ['created_at', 'updated_at', 'version'] as const;

function table(t: {
  scope?: 'id' | 'workspace_id';
  /** Set once, by the insert. Absent: clients do not insert. */
  fixed?: readonly string[];
  fields?: readonly string[];
  readOnly?: readonly string[];
  silent?: readonly string[];
  visible?: string;
  grave?: boolean;
  added?: Record<string, number>;
}): SyncedTable {
  const fixed = t.fixed ?? [];
  const fields = t.fields ?? [];
  const scope = t.scope ?? 'workspace_id';
  const identity = scope === 'id' ? ['id'] : ['id', 'workspace_id'];
  return {
    scope,
    columns: [...identity, ...fixed, ...fields, ...(t.readOnly ?? []), ...stamps],
    insertable: t.fixed ? ['workspace_id', ...fixed, ...fields, 'created_at'] : [],
    updatable: fields,
    silent: t.silent ?? [],
    grave: t.grave ?? true,
    added: t.added ?? {},
    ...(t.visible ? { visible: t.visible } : {}),
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
    visible: '"user_id" = $2',
    fields: ['resolved_at'],
    readOnly: ['user_id', 'kind', 'table', 'row_id', 'field', 'lost', 'kept', 'by_user', 'by_name', 'title'],
  }),
  resource: table({
    fixed: [],
    fields: [
      'kind',
      'name',
      'capacity',
      'color',
      'time_zone',
      'opens',
      'closes',
      'open_days',
      'position',
      'archived',
    ],
    silent: ['position'],
  }),
  booking: table({
    visible: '("private" = false OR "user_id" = $2)',
    fixed: ['user_id', 'author', 'series_id', 'source'],
    fields: ['resource_id', 'title', 'notes', 'during', 'status', 'private', 'people'],
  }),
  violation: table({
    visible: '("user_id" IS NULL OR "user_id" = $2)',
    readOnly: [
      ...[
        'case_id',
        'user_id',
        'rule',
        'table',
        'row_id',
        'other_id',
        'asked_by',
        'asked_name',
        'held_by',
        'held_name',
      ],
      ...[
        'title',
        'detail',
        'detected_by',
        'proposal',
        'outcome',
        'resolved_by',
        'resolved_name',
        'resolved_at',
      ],
    ],
  }),
  resolution: table({
    visible: '("private_to" IS NULL OR "private_to" = $2)',
    fixed: ['violation_id', 'user_id', 'author', 'choice', 'detail'],
    readOnly: ['outcome', 'sentence', 'private_to'],
  }),
  stock_item: table({ fixed: ['unit'], fields: ['name', 'notes', 'minimum', 'archived'] }),
  stock_place: table({ fixed: [], fields: ['name', 'archived'] }),
  stock_level: table({ readOnly: ['item_id', 'place_id', 'quantity', 'moved_by', 'moved_name', 'moved_at'] }),
  stock_movement: table({
    readOnly: ['item_id', 'from_id', 'to_id', 'quantity', 'reason', 'user_id', 'author'],
  }),
  page: table({
    fixed: ['author_id', 'source'],
    fields: ['parent_id', 'title', 'icon', 'position', 'archived', 'deleted_at', 'deleted_by'],
    silent: ['position'],
  }),
  page_favourite: table({
    visible: '"user_id" = $2',
    fixed: ['user_id', 'page_id'],
    fields: ['position'],
    silent: ['position'],
  }),
  // compacted is 0 in whatever a client sends: the server refuses the rest. Compaction replaces updates for good: nothing of
  // them is kept. One that arrives again is stored again: an update counts once however often it is there (D1).
  document_update: table({ fixed: ['document_id', 'update', 'compacted'], grave: false }),
  document_version: table({
    fixed: ['document_id', 'automatic', 'state', 'author_id', 'author'],
    fields: ['name'],
  }),
  // The bytes travel by themselves (api/file/files.ts).
  file: table({ fixed: ['hash', 'name', 'type', 'size'], readOnly: ['stored_at'] }),
} as const satisfies Record<string, SyncedTable>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];

/** The newest migration of the first release. */
const firstSchema = 4;

/** The columns that this program knows of all tables, as one number; a client says it with each shape request (S3). */
export const schemaVersion = Math.max(
  firstSchema,
  ...Object.values<SyncedTable>(tables).flatMap(({ added }) => Object.values(added)),
);

/** @returns the columns that a program of this schema version knows, in the order of the newest. */
export function columnsAt({ columns, added }: SyncedTable, version: number): string[] {
  return columns.filter((column) => (added[column] ?? firstSchema) <= Math.max(version, firstSchema));
}

/** @returns whether the name is a synced table; narrows it. */
export function isTableName(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}
