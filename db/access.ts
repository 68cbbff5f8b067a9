// Who may do what to which row. The write API decides by it (A2); the client uses it only to say so beforehand.
import { type TableName, tables } from './tables';

export type Role = 'owner' | 'member' | 'guest';
export type Kind = 'insert' | 'update' | 'delete';

/** What the decision needs to know of the row; null: the row is not known. */
export interface RowFacts {
  readonly workspaceId: string;
  /**
   * Set for rows that belong to one person: the person a notice is for, the author of a comment, whose booking it is.
   * For a new booking or decision: the person it names.
   */
  readonly personId: string | null;
  /** Of a resource: other people have bookings that would go with it. */
  readonly holdsOthers?: boolean;
}

/** Tables whose rows say by `user_id` whose they are; an insert must name the person who makes it. */
export const ownedTables: ReadonlySet<TableName> = new Set<TableName>([
  'booking',
  'resolution',
  'page_favourite',
]);

/** Tables whose rows are never deleted by people: pages go to the bin, what was written and decided stays. */
const keptTables: ReadonlySet<TableName> = new Set<TableName>([
  'page',
  'document_update',
  'document_version',
  'file',
  'resolution',
]);

/** @returns whether the role may do this kind of thing to the table at all. */
export function canWrite(role: Role | null, table: TableName, kind: Kind): boolean {
  if (role === null) return false;
  const rule = tables[table];
  // One's own notices are resolved whatever the role; they come and go by the server's hand.
  if (table === 'notice') return kind === 'update';
  if (role === 'guest') return false;
  if (kind === 'delete' && keptTables.has(table)) return false;
  return kind === 'update' ? rule.updatable.length > 0 : rule.insertable.length > 0;
}

/**
 * Whether a person may do this to this row. Rows of one person are that person's to change; an owner may also
 * delete them, and change bookings. A resource with other people's bookings is an owner's to delete.
 */
export function canWriteRow(
  role: Role | null,
  table: TableName,
  kind: Kind,
  row: RowFacts,
  personId: string,
): boolean {
  if (!canWrite(role, table, kind)) return false;
  const isTheirs = row.personId === personId;
  if (table === 'notice') return isTheirs;
  if (table === 'comment' && kind !== 'insert' && row.personId !== null && !isTheirs) {
    return kind === 'delete' && role === 'owner';
  }
  if (table === 'booking') return isTheirs || (role === 'owner' && row.personId !== null);
  if (table === 'resolution' || table === 'page_favourite') return isTheirs;
  if (table === 'resource' && kind === 'delete') return role === 'owner' || !row.holdsOthers;
  return true;
}
