// Who may do what to which row: the one source, as data. The server judges by the same data in SQL, under the lock of
// the row (sync.access and sync.may in migrations/sync/access.server.sql); the client uses it only to say so beforehand.
import { type SyncedTable, type TableName, tableNames, tables } from '../tables';

export type Role = 'owner' | 'member' | 'guest';
export type Kind = 'insert' | 'update' | 'delete';

/** Whose a row is, as seen by the one who asks: 'nobody': no single person's. */
export type Standing = 'own' | 'other' | 'nobody';

/**
 * Who may. nobody: the server alone. writers: owners and members. self: of the writers the one whose row it is.
 * reader: the one whose row it is, also a guest. unless-other: writers, unless it is somebody else's.
 * unless-other-or-owner: the same, and an owner always.
 */
export type Who = 'nobody' | 'writers' | 'self' | 'reader' | 'unless-other' | 'unless-other-or-owner';

export interface AccessRule extends Readonly<Record<Kind, Who>> {
  /**
   * What says whose a row is: its column of the account or of the member, or the bookings that others have of it.
   * Absent: rows are nobody's in particular.
   */
  readonly owner?: 'user_id' | 'author_id' | 'bookings';
  /** Rows that others do not see, by the owner's column: those marked private, or all. Their id is no proof of anything. */
  readonly hidden?: 'private' | 'always';
  /** Columns that the server writes when a row is made, whatever was sent; they stay as they were made. */
  readonly signed: readonly string[];
  /** Set once, but said anew by each device that makes the same row: what was there first stays. */
  readonly first: readonly string[];
  /**
   * Where it is to be seen that a row was imported: the column `source` of itself, or of the task that this column
   * names. Only such a row, and only without a member as its author, has an author and a time that the server did not write.
   */
  readonly imported?: 'source' | 'task_id';
}

type Exception = Partial<Omit<AccessRule, 'signed'>>;

const readOnly: Exception = { insert: 'nobody', update: 'nobody', delete: 'nobody' };
/** Pages go to the bin; what was written stays. */
const kept: Exception = { delete: 'nobody' };

/** What differs from: members and owners make, change and delete. */
const exceptions: Partial<Record<TableName, Exception>> = {
  workspace: readOnly,
  member: readOnly,
  violation: readOnly,
  stock_level: readOnly,
  stock_movement: readOnly,
  task: { imported: 'source' },
  comment: {
    owner: 'author_id',
    update: 'unless-other',
    delete: 'unless-other-or-owner',
    imported: 'task_id',
  },
  // They come and go by the server's hand; one's own are resolved whatever the role.
  notice: { owner: 'user_id', insert: 'nobody', update: 'reader', delete: 'nobody' },
  resource: { owner: 'bookings', delete: 'unless-other-or-owner' },
  booking: {
    owner: 'user_id',
    hidden: 'private',
    insert: 'self',
    update: 'unless-other-or-owner',
    delete: 'unless-other-or-owner',
  },
  resolution: { ...kept, owner: 'user_id', insert: 'self' },
  page: kept,
  page_favourite: { owner: 'user_id', hidden: 'always', insert: 'self', update: 'self', delete: 'self' },
  document_update: kept,
  document_version: kept,
  file: { ...kept, first: ['name'] },
};

const signatures = ['author_id', 'author', 'created_at'];

/** By table. */
export const access = Object.fromEntries(
  tableNames.map((name) => {
    const { insertable, updatable }: SyncedTable = tables[name];
    const rule: AccessRule = {
      insert: 'writers',
      update: updatable.length > 0 ? 'writers' : 'nobody',
      delete: 'writers',
      first: [],
      signed: insertable.filter((column) => signatures.includes(column)),
      ...exceptions[name],
    };
    return [name, rule];
  }),
) as Readonly<Record<TableName, AccessRule>>;

/** Columns that name the member who changes them; another's name is left out. */
export const signedChanges: Readonly<Partial<Record<TableName, string>>> = { page: 'deleted_by' };

/** @returns whether somebody of this role may, to whom the row stands so. */
export function may(who: Who, role: Role | null, standing: Standing): boolean {
  if (role === null || who === 'nobody') return false;
  if (who === 'reader') return standing === 'own';
  if (role === 'guest') return false;
  if (who === 'writers') return true;
  if (who === 'self') return standing === 'own';
  return standing !== 'other' || (who === 'unless-other-or-owner' && role === 'owner');
}

/** @returns whether the role may do this kind of thing to the table at all, to a row of one's own. */
export function canWrite(role: Role | null, table: TableName, kind: Kind): boolean {
  return may(access[table][kind], role, 'own');
}

/** What the decision needs to know of the row. */
export interface RowFacts {
  /** The account or member whose row it is; null: nobody's. For a new booking or decision: the person it names. */
  readonly ownerId: string | null;
}

/** @param ownId the account or the member id of who asks, whichever the table's owner column holds. */
export function canWriteRow(
  role: Role | null,
  table: TableName,
  kind: Kind,
  row: RowFacts,
  ownId: string | null,
): boolean {
  const standing = row.ownerId === null ? 'nobody' : row.ownerId === ownId ? 'own' : 'other';
  return may(access[table][kind], role, standing);
}
