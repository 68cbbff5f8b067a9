// Projects, their tasks, labels and comments.
import { check, common, final, parent, unique } from '../sync/constraint-rule';
import { defineTable, field, once } from '../sync/define';
import { priorityNames, statusNames } from './values';

export const taskTables = {
  project: defineTable({
    called: 'project',
    columns: {
      key: once('key', { control: 'text' }),
      name: field('name', { control: 'text' }),
      position: field('position in the list', { silent: true }),
      archived: field('archived'),
    },
    rules: {
      project_key_shape: check(
        'A project key is 1 to 8 capital letters and digits, beginning with a letter.',
        'key',
      ),
      project_name_length: check('A project needs a name of at most 120 characters.', 'name'),
      project_position_shape: check(common.position, 'position'),
      project_key_unique: unique('Another project of this workspace already has this key.', 'key'),
      project_created_at_range: common.createdAt,
    },
  }),
  label: defineTable({
    called: 'label',
    columns: {
      name: once('name', { control: 'text' }),
      color: field('colour', { control: 'text' }),
    },
    rules: {
      label_name_length: check('A label needs a name of at most 60 characters.', 'name'),
      label_color_shape: check('A label colour is written as # and six hexadecimal digits.', 'color'),
      label_name_unique: unique('There is already a label with this name.', 'name'),
      label_created_at_range: common.createdAt,
    },
  }),
  task: defineTable({
    called: 'task',
    columns: {
      author_id: once(),
      author: once('author'),
      source: once(),
      project_id: field('project', { names: 'project' }),
      title: field('title', { control: 'text' }),
      description: field('description', { control: 'long-text' }),
      status: field('status', {
        values: statusNames,
      }),
      priority: field('priority', {
        control: 'number',
        values: Object.fromEntries(priorityNames.entries()),
      }),
      assignee_id: field('assignee', { names: 'member' }),
      due_on: field('due date', { control: 'day' }),
      position: field('position in the list', { silent: true }),
    },
    access: { imported: 'source' },
    rules: {
      task_title_length: check('A task needs a title of at most 500 characters.', 'title'),
      task_description_length: check('A description can be at most 400 kB long.', 'description'),
      task_status_known: check('This status does not exist.', 'status'),
      task_priority_range: check('A priority is a number from 0 to 4.', 'priority'),
      task_position_shape: check(common.position, 'position'),
      task_author_length: check(common.author, 'author'),
      task_source_length: check('A source address can be at most 500 characters long.', 'source'),
      task_project_exists: parent('The project of this task does not exist any more.', 'project_id'),
      task_assignee_exists: parent('This person is not a member of this workspace any more.', 'assignee_id'),
      task_due_on_range: check(`The due date of a task ${common.years}`, 'due_on'),
      task_created_at_range: common.createdAt,
    },
  }),
  task_label: defineTable({
    called: 'label of a task',
    columns: { task_id: once(), label_id: once('label', { names: 'label' }) },
    rules: {
      task_label_once: final('The task already has this label.'),
      task_label_task_exists: final('The task was deleted.'),
      task_label_label_exists: final('The label was deleted.'),
      task_label_created_at_range: common.createdAt,
    },
  }),
  comment: defineTable({
    called: 'comment',
    columns: {
      task_id: once(),
      author_id: once(),
      author: once('author'),
      body: field('text', { control: 'long-text' }),
    },
    access: {
      owner: 'author_id',
      update: 'unless-other',
      delete: 'unless-other-or-owner',
      imported: 'task.task_id',
    },
    rules: {
      comment_body_length: check('A comment needs a text of at most 400 kB.', 'body'),
      comment_author_length: check(common.author, 'author'),
      comment_task_exists: final('The task of this comment was deleted.'),
      comment_created_at_range: common.createdAt,
    },
  }),
} as const;
