// The one synced table of this site, as the core is told of it on both sides.
import type { Generated } from 'kysely';
import { common } from '../../db/sync/constraint-rule';
import { byServer, defineTable, field } from '../../db/sync/define';
import { defineSchema } from '../../db/sync/definitions';
import { coreTables } from '../../db/sync/tables';

const draft = defineTable({
  called: 'draft',
  columns: {
    title: field('title', { rules: { draft_title_length: 'A title can be at most 200 characters long.' } }),
    body: field('text', { rules: { draft_body_length: 'A text can be at most 400 kB long.' } }),
    // A device reads this and cannot write it: publishing stays an ordinary form.
    published_at: byServer('time of publication'),
  },
  rules: { draft_created_at_range: common.createdAt },
});
export const schema = defineSchema({ ...coreTables, draft }, 1001); // of the first release: the newest migration

/** For queries on the device. */
export interface Tables {
  draft: Record<'id' | 'workspace_id', string> & Record<'title' | 'body' | 'published_at', Generated<string>>;
  notice: Record<'id' | 'title' | 'resolved_at', string>;
}
