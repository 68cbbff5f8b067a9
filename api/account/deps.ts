// What the routes of accounts are given beside what all routes are.
import type { Schema } from '../../db/sync/schema';
import type { ApiDeps } from '../sync/deps';

export interface AccountDeps extends ApiDeps {
  /** The tables whose rows a workspace's size counts. */
  readonly schema: Schema;
  /** A person's memberships have changed: they hear of it; whoever may have lost one is cut off at once. */
  membershipsChanged(userId: string, change: 'gained' | 'lost'): void;
}
