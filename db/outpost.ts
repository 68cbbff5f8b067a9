// Outpost's schema as the core is told of it (db/sync/schema.ts).
import { definitions } from './sync/definitions';
import { ruleSentences } from './sync/rules';
import type { Schema } from './sync/schema';
import { schemaVersion, tableNames, tables } from './tables';

export const schema: Schema = {
  tables,
  names: tableNames,
  version: schemaVersion,
  // The newest migration of the first release.
  firstVersion: 4,
  sentences: ruleSentences,
  machinery: definitions,
};
