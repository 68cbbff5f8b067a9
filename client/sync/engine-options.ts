// What an engine is made with.
import type { Schema } from '../../db/sync/schema';
import type { Database } from './database';
import type { EngineFeature } from './feature';
import type { LinkOptions } from './link';
import type { PastProblems } from './past-problems';
import type { OpenSource } from './row-source';

export interface EngineOptions extends LinkOptions {
  readonly database: Database;
  readonly schema: Schema;
  readonly userId: string;
  /** What the app adds; closed with the engine. */
  readonly features: readonly EngineFeature[];
  /** Where rows come from; absent: the shape stream. */
  readonly source?: OpenSource;
  /** Where problems are noted; absent: here alone. */
  readonly past?: PastProblems;
  /** Absent: it syncs. false: only local work (tests). */
  readonly sync?: boolean;
}
