// What a migration may do (S2), statement by statement, as a closed list over Postgres's parse tree.
// Shared files make tables, and the triggers that are part of a new table; one-sided files make functions, triggers,
// views and tables outside public.

/** A node of the parse tree: one key, the kind of node, and its fields. */
export type AstNode = Readonly<Record<string, Record<string, unknown>>>;
type Side = 'both' | 'server' | 'client';

const anywhere = new Set([
  'CreateStmt',
  'IndexStmt',
  'AlterTableStmt',
  'CommentStmt',
  'CreateEnumStmt',
  'CreateFunctionStmt',
  'CreateSchemaStmt',
]);
/** Extensions that the devices' Postgres has as well (client/sync/database.ts passes them to it). */
const sharedExtensions = new Set(['btree_gist']);
const oneSided = new Set([
  'CreateTrigStmt',
  'ViewStmt',
  'CreateSeqStmt',
  'CreateExtensionStmt',
  'CreatePublicationStmt',
  'GrantStmt',
  'InsertStmt',
  'CallStmt',
]);

/**
 * @param made tables by the migration number that makes them; this adds what the statement makes
 * @returns one sentence for each thing that this statement may not do
 */
export function judgeStatement(
  statement: AstNode,
  side: Side,
  number: string,
  made: Map<string, string>,
): string[] {
  const [kind = '', node = {}] = Object.entries(statement)[0] ?? [];
  if (
    !anywhere.has(kind) &&
    !(side !== 'both' && oneSided.has(kind)) &&
    !sharedToo(kind, node, number, made)
  ) {
    return [`migrations only add, and ${words(kind)} is not on the list of what a ${sideName(side)} may do`];
  }
  switch (kind) {
    case 'CreateStmt': {
      const table = tableName(node.relation);
      if (side !== 'both' && table.startsWith('public.')) {
        return [`${table} would be on one side only: tables of public belong into a shared file (S1)`];
      }
      made.set(table, number);
      return [];
    }
    case 'IndexStmt': {
      const table = tableName(node.relation);
      if (!node.unique || made.get(table) === number) return [];
      return [`a unique index on ${table}, which has rows already, may fail on some device`];
    }
    case 'InsertStmt':
      return tableName(node.relation).startsWith('public.')
        ? ['rows of public come from people, not from a one-sided migration (S1)']
        : [];
    case 'AlterTableStmt':
      return judgeAlter(node, side, number, made);
    default:
      return [];
  }
}

const holdsNoData = new Set(['CreateFunctionStmt', 'CreateTrigStmt', 'ViewStmt']);

/**
 * Machinery is taken out and put in anew: it may hold nothing that would be lost by that, and lies in schema sync, where
 * it is taken out.
 * @returns one sentence for each thing that this statement may not do
 */
export function judgeMachinery(statement: AstNode): string[] {
  const [kind = '', node = {}] = Object.entries(statement)[0] ?? [];
  if (kind === 'AlterTableStmt') {
    const only = list(node.cmds).every((item) => {
      const { subtype } = fieldsOf(item, 'AlterTableCmd');
      return subtype === 'AT_EnableAlwaysTrig' || subtype === 'AT_EnableReplicaTrig';
    });
    return only ? [] : ['machinery may change no table, but for when a trigger runs'];
  }
  if (!holdsNoData.has(kind)) {
    return [`machinery holds no data, and ${words(kind)} is not on the list of what it may do`];
  }
  const [schema] = list(node.funcname).map((part) => fieldsOf(part, 'String').sval);
  return kind === 'CreateFunctionStmt' && schema !== 'sync'
    ? ['functions of the machinery lie in schema sync']
    : [];
}

/** A trigger is part of a table's meaning when it comes with it: then both sides have it. */
function sharedToo(
  kind: string,
  node: Record<string, unknown>,
  number: string,
  made: ReadonlyMap<string, string>,
): boolean {
  if (kind === 'CreateExtensionStmt') {
    return node.if_not_exists === true && sharedExtensions.has(String(node.extname));
  }
  return kind === 'CreateTrigStmt' && made.get(tableName(node.relation)) === number;
}

function judgeAlter(
  node: Record<string, unknown>,
  side: Side,
  number: string,
  made: ReadonlyMap<string, string>,
): string[] {
  const table = tableName(node.relation);
  const isNew = made.get(table) === number;
  return list(node.cmds).flatMap((item) => {
    const command = fieldsOf(item, 'AlterTableCmd');
    switch (command.subtype) {
      case 'AT_AddColumn': {
        if (side !== 'both' && table.startsWith('public.')) {
          return [`columns of ${table} belong into a shared file (S1)`];
        }
        return isNew ? [] : judgeColumn(table, fieldsOf(command.def, 'ColumnDef'));
      }
      case 'AT_AddConstraint': {
        if (side !== 'both' && table.startsWith('public.')) {
          return [`constraints of ${table} belong into a shared file (S1)`];
        }
        const constraint = fieldsOf(command.def, 'Constraint');
        return isNew || constraint.skip_validation
          ? []
          : [`a constraint on ${table}, which has rows already, may fail on some device: add it NOT VALID`];
      }
      case 'AT_ReplicaIdentity':
        return side === 'server' ? [] : ['replica identity belongs to the server'];
      case 'AT_EnableAlwaysTrig':
      case 'AT_EnableReplicaTrig':
        return side === 'both' ? ['triggers belong to one side'] : [];
      default:
        return [`ALTER TABLE ${table} may only add; ${words(String(command.subtype))} is not on the list`];
    }
  });
}

/** A column that is added to a table with rows: older clients do not set it, and no row may break it. */
function judgeColumn(table: string, column: Record<string, unknown>): string[] {
  const kinds = list(column.constraints).map((c) => fieldsOf(c, 'Constraint').contype);
  const name = `${table}.${String(column.colname)}`;
  const found: string[] = [];
  const filled = kinds.includes('CONSTR_DEFAULT') || kinds.includes('CONSTR_GENERATED');
  if (kinds.includes('CONSTR_NOTNULL') && !filled) {
    found.push(
      `${name} is NOT NULL without a default: rows that exist, and older clients, have no value for it`,
    );
  }
  if (kinds.includes('CONSTR_UNIQUE') || kinds.includes('CONSTR_PRIMARY')) {
    found.push(`${name} is unique on a table that has rows already: it may fail on some device`);
  }
  if (kinds.includes('CONSTR_CHECK')) {
    found.push(`${name} has a check on a table that has rows already: add it as a constraint NOT VALID`);
  }
  return found;
}

function tableName(relation: unknown): string {
  const fields = typeof relation === 'object' && relation !== null ? relation : {};
  const schema = 'schemaname' in fields ? String(fields.schemaname) : 'public';
  return `${schema}.${'relname' in fields ? String(fields.relname) : '?'}`;
}

function fieldsOf(node: unknown, kind: string): Record<string, unknown> {
  if (typeof node !== 'object' || node === null) return {};
  return (node as AstNode)[kind] ?? {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** AT_DropColumn and DropStmt as people say them. */
function words(kind: string): string {
  return kind
    .replace(/^AT_/, '')
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

function sideName(side: Side): string {
  return side === 'both' ? 'shared file' : `${side}-only file`;
}
