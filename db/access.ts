// Who may do what to which row. The write API decides by it (A2); the client uses it only to say so beforehand.
import { type TableName, tables } from './tables';

export type Role = 'owner' | 'member' | 'guest';
export type Kind = 'insert' | 'update' | 'delete';

/** What the decision needs to know of the row; null: the row is not known. */
export interface RowFacts {
  readonly workspaceId: string;
  /** Set for rows that belong to one person: the person a notice is for, the author of a comment. */
  readonly personId: string | null;
}

/** @returns whether the role may do this kind of thing to the table at all. */
export function canWrite(role: Role | null, table: TableName, kind: Kind): boolean {
  if (role === null) return false;
  const rule = tables[table];
  // One's own notices are resolved whatever the role; they come and go by the server's hand.
  if (table === 'notice') return kind === 'update';
  if (role === 'guest') return false;
  return kind === 'update' ? rule.updatable.length > 0 : rule.insertable.length > 0;
}

/**
 * Whether a person may do this to this row. Rows of one person are that person's to change; an owner may also
 * delete them.
 */
export function canWriteRow(
  role: Role | null,
  table: TableName,
  kind: Kind,
  row: RowFacts,
  personId: string,
): boolean {
  if (!canWrite(role, table, kind)) return false;
  if (table === 'notice') return row.personId === personId;
  if (table === 'comment' && kind !== 'insert' && row.personId !== null && row.personId !== personId) {
    return kind === 'delete' && role === 'owner';
  }
  return true;
}
