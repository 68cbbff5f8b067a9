// Outpost's tables as the sync core is told of them.
import { definitions } from './sync/definitions';
import { ruleSentences } from './sync/rules';
import type { Schema } from './sync/schema';
import { schemaVersion, tableNames, tables } from './tables';

export const schema: Schema = {
  tables,
  names: tableNames,
  version: schemaVersion,
  firstVersion: 4,
  sentences: ruleSentences,
  machinery: definitions,
};
