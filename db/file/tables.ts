// Files: what is known of them. The bytes travel by themselves (api/file/files.ts).
import { common, final } from '../sync/constraint-rule';
import { byServer, defineTable, once } from '../sync/define';

export const fileTables = {
  file: defineTable({
    called: 'file',
    columns: {
      hash: once(),
      name: once('name'),
      type: once('type'),
      size: once('size'),
      stored_at: byServer(),
    },
    access: { delete: 'nobody', first: ['name'] },
    rules: {
      file_hash_shape: final('The hash of a file must be a SHA-256 value.'),
      file_name_length: final('A file name can be at most 300 characters long.'),
      file_type_shape: final('Outpost does not know this type of file.'),
      file_size_range: final('A file must not be empty, and can be at most 10 MB large.'),
      file_once: final('This file is already in the workspace.'),
      file_created_at_range: common.createdAt,
    },
  }),
} as const;
