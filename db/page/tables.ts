// Pages, the updates and versions of their bodies, and favourites.
import { check, common, final, parent } from '../sync/constraint-rule';
import { defineTable, field, once } from '../sync/define';

/** Pages go to the bin; what was written stays. */
const kept = { delete: 'nobody' } as const;

export const pageTables = {
  page: defineTable({
    called: 'page',
    columns: {
      author_id: once(),
      source: once(),
      parent_id: field('parent page', { names: 'page' }),
      title: field('title', { control: 'text' }),
      icon: field('icon'),
      position: field('position in the list', { silent: true }),
      archived: field('archived'),
      deleted_at: field('in the bin since'),
      deleted_by: field('put into the bin by', { names: 'member' }),
    },
    access: { ...kept, signs: 'deleted_by' },
    rules: {
      page_title_length: check('A page title can be at most 500 characters long.', 'title'),
      page_icon_length: check('The icon of a page is one character.', 'icon'),
      page_position_shape: check(common.position, 'position'),
      page_source_length: check('A source address can be at most 1,000 characters long.', 'source'),
      page_not_in_itself: check('A page cannot be its own parent.', 'parent_id'),
      page_parent_exists: parent('The parent of this page does not exist.', 'parent_id'),
      page_deleted_at_range: final(`The time at which a page is put into the bin ${common.years}`),
      page_created_at_range: common.createdAt,
    },
  }),
  page_favourite: defineTable({
    called: 'favourite',
    visible: '"user_id" = $2',
    columns: {
      user_id: once(),
      page_id: once('page', { names: 'page' }),
      position: field('position in the list', { silent: true }),
    },
    access: { owner: 'user_id', hidden: 'always', insert: 'self', update: 'self', delete: 'self' },
    rules: {
      page_favourite_once: final('This page is already a favourite.'),
      page_favourite_position_shape: check(common.position, 'position'),
      page_favourite_page_exists: final('The page does not exist.'),
      page_favourite_created_at_range: common.createdAt,
    },
  }),
  // compacted is 0 in whatever a client sends: the server refuses the rest. Compaction replaces updates for good: nothing
  // of them is kept. One that arrives again is stored again: an update counts once however often it is there (D1).
  document_update: defineTable({
    called: 'change of a page',
    grave: false,
    columns: { document_id: once(), update: once(), compacted: once() },
    access: kept,
    rules: {
      document_update_length: final('This is too much text to be stored at once.'),
      document_update_compacted_range: final('Only the server puts changes of a page together.'),
      document_update_form: final('What was written is damaged and cannot be stored.'),
      document_update_created_at_range: common.createdAt,
    },
  }),
  document_version: defineTable({
    called: 'version of a page',
    columns: {
      document_id: once(),
      automatic: once(),
      state: once(),
      author_id: once(),
      author: once('author'),
      name: field('name', { control: 'text' }),
    },
    access: kept,
    rules: {
      document_version_name_length: check(
        'The name of a version can be at most 200 characters long.',
        'name',
      ),
      document_version_author_length: check(common.author, 'author'),
      document_version_length: final('This page is too large for a version of it to be kept.'),
      document_version_created_at_range: common.createdAt,
    },
  }),
} as const;
