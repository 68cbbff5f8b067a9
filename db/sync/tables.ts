// The tables of the core: workspaces, their members, what people are told of merges and of rules that were broken.
import { check, common, final } from './constraint-rule';
import { byServer, defineTable, field, once } from './define';

const readOnly = { insert: 'nobody', update: 'nobody', delete: 'nobody' } as const;

export const coreTables = {
  workspace: defineTable({
    called: 'workspace',
    scope: 'id',
    made: false,
    columns: { name: byServer('name') },
    access: readOnly,
    rules: {
      workspace_name_length: check('A workspace needs a name of at most 80 characters.', 'name'),
    },
  }),
  member: defineTable({
    called: 'member',
    made: false,
    columns: {
      user_id: byServer(),
      name: byServer('name'),
      email: byServer('e-mail'),
      role: byServer('role'),
    },
    access: readOnly,
    rules: {
      member_role_known: check('A member is an owner, a member or a guest.', 'role'),
      member_once: final('This person is already in the workspace.'),
    },
  }),
  notice: defineTable({
    called: 'notice',
    made: false,
    visible: '"user_id" = $2',
    columns: {
      resolved_at: field(),
      ...{ user_id: byServer(), kind: byServer(), table: byServer(), row_id: byServer(), field: byServer() },
      ...{ lost: byServer(), kept: byServer(), by_user: byServer(), by_name: byServer(), title: byServer() },
    },
    // They come and go by the server's hand; one's own are resolved whatever the role.
    access: { owner: 'user_id', insert: 'nobody', update: 'reader', delete: 'nobody' },
    rules: {
      notice_kind_known: final('This kind of notice does not exist.'),
      notice_resolved_at_range: final(`The time at which a notice is closed ${common.years}`),
    },
  }),
  violation: defineTable({
    called: 'clash',
    made: false,
    visible: '("user_id" IS NULL OR "user_id" = $2)',
    columns: {
      ...{
        case_id: byServer(),
        user_id: byServer(),
        rule: byServer(),
        table: byServer(),
        row_id: byServer(),
      },
      ...{ other_id: byServer(), asked_by: byServer(), asked_name: byServer(), held_by: byServer() },
      ...{ held_name: byServer(), title: byServer(), detail: byServer(), detected_by: byServer() },
      ...{ proposal: byServer(), outcome: byServer(), resolved_by: byServer(), resolved_name: byServer() },
      resolved_at: byServer(),
    },
    access: readOnly,
    rules: {
      violation_outcome_known: final('This outcome does not exist.'),
      violation_closed: final('An outcome needs the time at which it was reached.'),
    },
  }),
  resolution: defineTable({
    called: 'decision about a clash',
    visible: '("private_to" IS NULL OR "private_to" = $2)',
    columns: {
      ...{ violation_id: once(), user_id: once(), author: once('author'), choice: once('decision') },
      ...{ detail: once('details'), outcome: byServer(), sentence: byServer(), private_to: byServer() },
    },
    access: { owner: 'user_id', insert: 'self', delete: 'nobody' },
    rules: {
      resolution_choice_known: final('This decision does not exist.'),
      resolution_outcome_known: final('This outcome does not exist.'),
      resolution_author_length: check(common.author, 'author'),
      resolution_detail_length: check('The details of a decision can be at most 10 kB long.', 'detail'),
      resolution_violation_exists: final('The clash that this decides does not exist any more.'),
      resolution_party: final('Only the people concerned, and owners of the workspace, can decide this.'),
      resolution_created_at_range: common.createdAt,
    },
  }),
} as const;
