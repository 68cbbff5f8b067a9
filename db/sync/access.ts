// Who may do what to which row: the one source, as data. The server judges by the same data in SQL, under the lock of
// the row (sync.access and sync.may in migrations/sync/access.server.sql); the client uses it only to say so beforehand.
import type { Kind, SyncedTable } from './schema';
import type { Role } from './wire';

export type { Role } from './wire';

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
   * What says whose a row is: its column of the account or of the member, or, as table.column, the rows of another table
   * that name it there: then it is another's as soon as one of those is. Absent: rows are nobody's in particular.
   */
  readonly owner?: 'user_id' | 'author_id' | `${string}.${string}`;
  /** Rows that others do not see, by the owner's column: those marked private, or all. Their id is no proof of anything. */
  readonly hidden?: 'private' | 'always';
  /** Columns that the server writes when a row is made, whatever was sent; they stay as they were made. */
  readonly signed: readonly string[];
  /** Set once, but said anew by each device that makes the same row: what was there first stays. */
  readonly first: readonly string[];
  /**
   * Where it is to be seen that a row was imported: the column `source` of itself or, as table.column, of the row of that
   * table which the column names. Only such a row, and only without a member as its author, has an author and a time that the server did not write.
   */
  readonly imported?: 'source' | `${string}.${string}`;
  /** Column that names the member who changes it; another's name is left out. */
  readonly signs?: string;
}

/** What a table's definition says of it; the rest is usual: members and owners make, change and delete. */
export type Exception = Partial<Omit<AccessRule, 'signed'>>;

const signatures = ['author_id', 'author', 'created_at'];

export function accessOf(table: SyncedTable, exception: Exception): AccessRule {
  return {
    insert: 'writers',
    update: table.updatable.length > 0 ? 'writers' : 'nobody',
    delete: 'writers',
    first: [],
    signed: table.insertable.filter((column) => signatures.includes(column)),
    ...exception,
  };
}

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
export function canWrite(role: Role | null, rule: AccessRule, kind: Kind): boolean {
  return may(rule[kind], role, 'own');
}

/** What the decision needs to know of the row. */
export interface RowFacts {
  /** The account or member whose row it is; null: nobody's. For a new booking or decision: the person it names. */
  readonly ownerId: string | null;
}

/** @param ownId the account or the member id of who asks, whichever the table's owner column holds. */
export function canWriteRow(
  role: Role | null,
  rule: AccessRule,
  kind: Kind,
  row: RowFacts,
  ownId: string | null,
): boolean {
  const standing = row.ownerId === null ? 'nobody' : row.ownerId === ownId ? 'own' : 'other';
  return may(rule[kind], role, standing);
}
