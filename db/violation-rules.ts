// The registry of rules: for each constraint of the schema its sentence for people, what is stored when it is broken,
// and what a person can do about it. Adding a rule is one entry here and one migration.

/** What a person can do about an operation that was refused. */
export type RefusedResolution =
  | 'rename' // change `field`, which is a name or key, and send it again
  | 'edit' // change `field` and send it again
  | 'other-parent' // choose another row for `field` and send it again
  | 'again' // send it as it is; what stood in the way may be gone
  | 'discard';

/** What people can decide about a row that was stored and flagged; agree and decline answer a proposed swap. */
export type FlaggedResolution = 'move' | 'swap' | 'agree' | 'decline' | 'give_way' | 'cancel';

export type ViolationRule =
  | {
      readonly stored: 'refused';
      readonly sentence: string;
      /** The column that the person has to change; null: none would help. */
      readonly field: string | null;
      readonly resolutions: readonly RefusedResolution[];
    }
  | {
      readonly stored: 'flagged';
      readonly sentence: string;
      readonly field: string;
      readonly resolutions: readonly FlaggedResolution[];
      readonly table: string;
      /** What a row that breaks the rule is stored with instead. */
      readonly patch: Readonly<Record<string, unknown>>;
      /** What a row looks like that the patch is laid over, and one that gave up its place. */
      readonly holding: Readonly<Record<string, unknown>>;
      readonly gone: Readonly<Record<string, unknown>>;
      /** Column whose equal values compete: writers of one value take turns. */
      readonly key: string;
      /** Columns that decide whether a row clashes, and who may see it. */
      readonly decides: readonly string[];
      /** SQL over a (the row that asks) and b (the one that holds): which rows ask, whether the two clash, what both want. */
      readonly asks: string;
      readonly clash: string;
      readonly meets: string;
      /** Column of the account whose row it is, and SQL over t: whether only that person may see it. */
      readonly person: string;
      readonly hidden: string;
      /** Columns that a violation tells of a row, and columns that say where it is. */
      readonly shown: readonly string[];
      readonly place: readonly string[];
    };

const check = (sentence: string, field: string): ViolationRule => ({
  stored: 'refused',
  sentence,
  field,
  resolutions: ['edit', 'discard'],
});
const unique = (sentence: string, field: string): ViolationRule => ({
  stored: 'refused',
  sentence,
  field,
  resolutions: ['rename', 'discard'],
});
const parent = (sentence: string, field: string): ViolationRule => ({
  stored: 'refused',
  sentence,
  field,
  resolutions: ['other-parent', 'again', 'discard'],
});
/** The row hangs on this one parent, or exists already: there is nothing to choose. */
const final = (sentence: string): ViolationRule => ({
  stored: 'refused',
  sentence,
  field: null,
  resolutions: ['discard'],
});

const position = 'The place in the list is not one that Outpost makes.';
const years = 'between the years 1900 and 2199.';
/** Tables whose rows say when they were made by a device's clock. */
const made = [
  ...['project', 'label', 'task', 'task_label', 'comment', 'resource', 'booking', 'resolution'],
  ...['stock_item', 'stock_place', 'page', 'page_favourite', 'document_update', 'document_version', 'file'],
];
const author = "An author's name may be 200 characters long at most.";

/** By constraint name; rules.test.ts checks that every constraint of the schema has its entry. */
export const violationRules: Readonly<Record<string, ViolationRule>> = {
  workspace_name_length: check('A workspace needs a name of at most 80 characters.', 'name'),
  member_role_known: check('A member is an owner, a member or a guest.', 'role'),
  member_once: final('This person is already in the workspace.'),
  project_key_shape: check(
    'A project key is 1 to 8 capital letters and digits, beginning with a letter.',
    'key',
  ),
  project_name_length: check('A project needs a name of at most 120 characters.', 'name'),
  project_position_shape: check(position, 'position'),
  project_key_unique: unique('Another project of this workspace already has this key.', 'key'),
  label_name_length: check('A label needs a name of at most 60 characters.', 'name'),
  label_color_shape: check('A label colour is written as # and six hexadecimal digits.', 'color'),
  label_name_unique: unique('There is already a label with this name.', 'name'),
  task_title_length: check('A task needs a title of at most 500 characters.', 'title'),
  task_description_length: check('A description may be 400 kB long at most.', 'description'),
  task_status_known: check('This status does not exist.', 'status'),
  task_priority_range: check('A priority is a number from 0 to 4.', 'priority'),
  task_position_shape: check('The place on the board is not one that Outpost makes.', 'position'),
  task_author_length: check(author, 'author'),
  task_source_length: check('A source address may be 500 characters long at most.', 'source'),
  task_project_exists: parent('The project of this task does not exist any more.', 'project_id'),
  task_assignee_exists: parent('The person is not a member of this workspace any more.', 'assignee_id'),
  task_label_once: final('The task already has this label.'),
  task_label_task_exists: final('The task was deleted.'),
  task_label_label_exists: final('The label was deleted.'),
  comment_body_length: check('A comment needs a text of at most 400 kB.', 'body'),
  comment_author_length: check(author, 'author'),
  comment_task_exists: parent('The task that this comment belongs to was deleted.', 'task_id'),
  notice_kind_known: final('A notice is of another kind.'),

  resource_kind_known: check('A resource is a room, a vehicle or an instrument.', 'kind'),
  resource_name_length: check('A resource needs a name of at most 120 characters.', 'name'),
  resource_capacity_range: check('A capacity is a number from 1 to 100,000.', 'capacity'),
  resource_color_shape: check('A colour is written as # and six hexadecimal digits.', 'color'),
  resource_time_zone_shape: check('This is not the name of a time zone.', 'time_zone'),
  resource_hours_order: check('Opening hours begin before they end.', 'closes'),
  resource_open_days_range: check('A resource is open on one day of the week at least.', 'open_days'),
  resource_position_shape: check(position, 'position'),
  resource_name_unique: unique('There is already a resource with this name.', 'name'),

  booking_no_overlap: {
    stored: 'flagged',
    sentence: 'This time is taken by another booking.',
    field: 'during',
    resolutions: ['move', 'swap', 'agree', 'decline', 'give_way', 'cancel'],
    table: 'booking',
    patch: { status: 'conflicted' },
    holding: { status: 'confirmed' },
    gone: { status: 'cancelled' },
    key: 'resource_id',
    decides: ['resource_id', 'during', 'status', 'private', 'user_id'],
    asks: "a.status in ('tentative', 'conflicted')",
    clash: "a.resource_id = b.resource_id and a.during && b.during and b.status = 'confirmed'",
    meets: 'a.during * b.during',
    person: 'user_id',
    hidden: 't.private',
    shown: ['title', 'during', 'resource_id', 'status'],
    place: ['resource_id', 'during'],
  },
  booking_cancelled_final: final('A cancelled booking stays cancelled; make a new one for this time.'),
  booking_title_length: check('A booking needs a title of at most 300 characters.', 'title'),
  booking_notes_length: check('Notes may be 100 kB long at most.', 'notes'),
  booking_author_length: check(author, 'author'),
  booking_source_length: check(
    "A calendar event's identifier may be 1,000 characters long at most.",
    'source',
  ),
  booking_status_known: check('A booking is confirmed, tentative, conflicted or cancelled.', 'status'),
  booking_people_list: check('The people of a booking are a list, and a shorter one.', 'people'),
  booking_during_shape: check('A booking begins before it ends, and lasts 60 days at most.', 'during'),
  booking_resource_exists: parent('What this booking is for does not exist any more.', 'resource_id'),

  violation_outcome_known: final('This is not an outcome that Outpost knows.'),
  violation_closed: final('An outcome comes with the moment it was reached.'),
  resolution_choice_known: final('This is not a decision that Outpost knows.'),
  resolution_outcome_known: final('This is not an outcome that Outpost knows.'),
  resolution_author_length: check(author, 'author'),
  resolution_detail_length: check('The details of a decision may be 10 kB long at most.', 'detail'),
  resolution_violation_exists: final('What this decides is not there any more.'),
  resolution_party: final('Only the people concerned, and owners of the workspace, can decide this.'),

  stock_item_name_length: check('An item needs a name of at most 120 characters.', 'name'),
  stock_item_unit_length: check('A unit may be 20 characters long at most.', 'unit'),
  stock_item_notes_length: check('Notes may be 2,000 characters long at most.', 'notes'),
  stock_item_minimum_range: check('A minimum is a number from 0 to 1,000,000,000.', 'minimum'),
  stock_item_name_unique: unique('There is already an item with this name.', 'name'),
  stock_place_name_length: check('A place needs a name of at most 120 characters.', 'name'),
  stock_place_name_unique: unique('There is already a place with this name.', 'name'),
  stock_level_quantity_range: final('There is never less than nothing of an item.'),
  stock_level_once: final('An item lies in a place once.'),
  stock_level_item_exists: final('The item was deleted.'),
  stock_level_place_exists: final('The place was deleted.'),
  stock_movement_quantity_range: final('A movement takes at least one.'),
  stock_movement_places: final('Stock moves from one place to another one.'),
  stock_movement_reason_length: final('A reason may be 500 characters long at most.'),
  stock_movement_author_length: final(author),
  stock_movement_item_exists: final('The item was deleted.'),
  stock_movement_from_exists: final('The place was deleted.'),
  stock_movement_to_exists: final('The place was deleted.'),
  stock_kept: final('What has a history of movements is archived, not deleted.'),

  page_title_length: check('A page title may be 500 characters long at most.', 'title'),
  page_icon_length: check('The icon of a page is one character.', 'icon'),
  page_position_shape: check(position, 'position'),
  page_source_length: check('A source address may be 1,000 characters long at most.', 'source'),
  page_not_in_itself: check('A page cannot lie in itself.', 'parent_id'),
  page_parent_exists: parent('The page that this one lies in does not exist.', 'parent_id'),
  page_favourite_once: final('The page is a favourite already.'),
  page_favourite_position_shape: check(position, 'position'),
  page_favourite_page_exists: final('The page does not exist.'),
  document_update_length: final('This is too much text to be stored at once.'),
  document_update_compacted_range: final('An update stands for itself or for others.'),
  document_update_form: final('What was written is damaged and cannot be stored.'),
  document_version_name_length: check('The name of a version may be 200 characters long at most.', 'name'),
  document_version_author_length: check(author, 'author'),
  document_version_length: final('This page is too large for a version of it to be kept.'),
  file_hash_shape: final('A file is known by the SHA-256 of its contents.'),
  file_name_length: final('A file name may be 300 characters long at most.'),
  file_type_shape: final('This is not a kind of file that Outpost knows.'),
  file_size_range: final('A file may be 10 MB large at most, and not empty.'),
  file_once: final('This file is in the workspace already.'),

  task_due_on_range: check(`A day that a task is due lies ${years}`, 'due_on'),
  booking_during_range: check(
    'A booking lies between the years 1900 and 2199 and lasts a second at least.',
    'during',
  ),
  page_deleted_at_range: final(`A page is put into the bin ${years}`),
  notice_resolved_at_range: final(`A notice is put away ${years}`),
  ...Object.fromEntries(
    made.map((table) => [
      `${table}_created_at_range`,
      final('The clock of the device was out of its mind when this was made.'),
    ]),
  ),

  row_identity_fixed: final('A row keeps its id and its workspace.'),
  insert_too_old: {
    stored: 'refused',
    sentence:
      'This waited for more than a year, and may have been deleted meanwhile. Send it again if it is still wanted.',
    field: null,
    resolutions: ['again', 'discard'],
  },
  row_made_once: final('This exists already, and stays as it was made.'),
  read_only_table: final('This is changed on the server only; it needs a connection.'),
};
