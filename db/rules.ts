// The sentences for people behind each constraint of the schema, and behind each kind of refusal (W5).
// Both sides use them: the device before it saves, the server in its verdicts.
import type { RefusalKind } from './wire';

/** By constraint name; rules.test.ts checks that every constraint of the schema has its sentence. */
export const ruleSentences: Readonly<Record<string, string>> = {
  workspace_name_length: 'A workspace needs a name of at most 80 characters.',
  member_role_known: 'A member is an owner, a member or a guest.',
  member_once: 'This person is already in the workspace.',
  project_key_shape: 'A project key is 1 to 8 capital letters and digits, beginning with a letter.',
  project_name_length: 'A project needs a name of at most 120 characters.',
  project_position_shape: 'The place in the list is not one that Outpost makes.',
  project_key_unique: 'Another project of this workspace already has this key.',
  label_name_length: 'A label needs a name of at most 60 characters.',
  label_color_shape: 'A label colour is written as # and six hexadecimal digits.',
  label_name_unique: 'There is already a label with this name.',
  task_title_length: 'A task needs a title of at most 500 characters.',
  task_description_length: 'A description may be 400 kB long at most.',
  task_status_known: 'This status does not exist.',
  task_priority_range: 'A priority is a number from 0 to 4.',
  task_position_shape: 'The place on the board is not one that Outpost makes.',
  task_author_length: "An author's name may be 200 characters long at most.",
  task_source_length: 'A source address may be 500 characters long at most.',
  task_project_exists: 'The project of this task does not exist any more.',
  task_assignee_exists: 'The person is not a member of this workspace any more.',
  task_label_once: 'The task already has this label.',
  task_label_task_exists: 'The task was deleted.',
  task_label_label_exists: 'The label was deleted.',
  comment_body_length: 'A comment needs a text of at most 400 kB.',
  comment_author_length: "An author's name may be 200 characters long at most.",
  comment_task_exists: 'The task that this comment belongs to was deleted.',
  notice_kind_known: 'A notice is of another kind.',
  row_identity_fixed: 'A row keeps its id and its workspace.',
  read_only_table: 'This is changed on the server only; it needs a connection.',
};

const kindSentences: Readonly<Record<RefusalKind, string>> = {
  forbidden: 'You may not change this, or not any more.',
  invalid: 'The server cannot store this value.',
  'unknown-table': 'The server does not know this kind of thing; it may be older than this app.',
  'unknown-column': 'The server does not take this field; it may be older than this app.',
  'unknown-row': 'The server does not know the row that this changes.',
  duplicate: 'The same thing exists already.',
  'parent-missing': 'What this belongs to does not exist any more.',
  'too-large': 'This is too large to be stored.',
};

/** @returns the sentence of a refusal: the rule's own where it has one. */
export function refusalSentence(kind: RefusalKind, rule: string | null): string {
  return (rule === null ? undefined : ruleSentences[rule]) ?? kindSentences[kind];
}

/** @returns the kind of refusal that a Postgres error (SQLSTATE) amounts to. */
export function refusalKind(state: string): RefusalKind {
  if (state === '23503') return 'parent-missing';
  if (state === '23505' || state === '23P01') return 'duplicate';
  if (state === '54000' || state === '22001') return 'too-large';
  return 'invalid';
}
