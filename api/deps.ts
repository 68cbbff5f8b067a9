// What every route is given: the database, who is asking, and where to report.
import type { Pool } from 'pg';
import type { MembershipChanges } from './account/membership-changes';
import type { DocumentKeeper } from './page/keeper';
import type { KnownReaders } from './sync/known-readers';
import type { Lineage } from './sync/lineage';
import type { OpenReads } from './sync/open-reads';
import type { WriteDoor } from './sync/write-door';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface ApiDeps {
  /** For what changes something. */
  readonly pool: Pool;
  /** For sessions, shapes and everything else that only reads: no write takes one of these connections. */
  readonly reads: Pool;
  /**
   * Whose session the request carries.
   * @throws ApiFailure 'signed-out'
   */
  person(request: Request): Promise<Person>;
  /** Number of the newest migration of this program. */
  readonly migration: number;
  readonly lineage: Lineage;
  /** Takes requests to write. */
  readonly writes: WriteDoor;
  /** Is told of documents that were written to. */
  readonly documents: DocumentKeeper;
  /** Polls and streams that are open. */
  readonly openReads: OpenReads;
  /** Whose polls they are. */
  readonly readers: KnownReaders;
  /** For whoever waits until somebody's memberships change. */
  readonly membershipChanges: MembershipChanges;
  /** A person's memberships have changed: they hear of it; whoever may have lost one is cut off at once. */
  membershipsChanged(userId: string, change: 'gained' | 'lost'): void;
  /** Sessions may have ended: whoever reads by one is cut off at once. */
  sessionsEnded(): void;
  /** Bytes that each workspace may keep on the server. */
  readonly workspaceQuota: number;
  /** One line for the operator. */
  log(line: string): void;
}
