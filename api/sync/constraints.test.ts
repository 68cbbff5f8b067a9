// C1: every constraint of the schema, tried through the write API where clients reach it and by SQL where they do
// not. A constraint that is added to a migration needs a case here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import { type Operation, PROTOCOL, type WriteResponse } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundWorkspace } from '../../scripts/testing/workspace';

let api: TestApi;
let ada: TestPerson;
let n = 0;
const clientId = crypto.randomUUID();
const ids = {
  ...{ workspace: '', project: '', label: '', task: '', taskLabel: '', ada: '' },
  ...{ resource: '', booking: '', violation: '', item: '', place: '', level: '', page: '' },
};

type Values = Operation['set'];
const scoped = (values: Values): Values => ({ workspace_id: ids.workspace, ...values });
const project = (v: Values = {}): Values => scoped({ key: 'B', name: 'B', position: 'a0', ...v });
const label = (v: Values = {}): Values => scoped({ name: 'Blue', color: '#0000ff', ...v });
const task = (v: Values = {}): Values =>
  scoped({ project_id: ids.project, title: 'T', position: 'a0', ...v });
const taskLabel = (v: Values = {}): Values => scoped({ task_id: ids.task, label_id: ids.label, ...v });
const comment = (v: Values = {}): Values => scoped({ task_id: ids.task, body: 'x', ...v });
const nobody = crypto.randomUUID();
const resource = (v: Values = {}): Values =>
  scoped({ kind: 'room', name: 'Blue room', color: '#0000ff', position: 'a0', ...v });
const booking = (v: Values = {}): Values =>
  scoped({ resource_id: ids.resource, user_id: ids.ada, title: 'B', during: hour(8), ...v });
const hour = (h: number) => `[2026-11-23 ${h}:00:00+00,2026-11-23 ${h + 1}:00:00+00)`;
const resolution = (v: Values = {}): Values =>
  scoped({ violation_id: ids.violation, user_id: ids.ada, choice: 'cancel', ...v });
const item = (v: Values = {}): Values => scoped({ name: 'Fuse', ...v });
const place = (v: Values = {}): Values => scoped({ name: 'Shed', ...v });

const page = (v: Values = {}): Values => scoped({ position: 'a0', ...v });
const favourite = (v: Values = {}): Values =>
  scoped({ user_id: ids.ada, page_id: ids.page, position: 'a0', ...v });
const empty = '\\x0000';
const update = (v: Values = {}): Values => scoped({ document_id: ids.page, update: empty, ...v });
const version = (v: Values = {}): Values => scoped({ document_id: ids.page, state: empty, ...v });
const file = (v: Values = {}): Values => scoped({ hash: 'b'.repeat(64), type: 'image/png', size: 1, ...v });
const tooLarge = `\\x${'00'.repeat(4_000_001)}`;

/** By constraint: an insert that breaks it, as a client sends it. */
const byClients: Record<string, () => [table: string, values: Values]> = {
  project_key_shape: () => ['project', project({ key: 'small' })],
  project_name_length: () => ['project', project({ name: '   ' })],
  project_position_shape: () => ['project', project({ position: '!' })],
  project_key_unique: () => ['project', project({ key: 'A' })],
  label_name_length: () => ['label', label({ name: ' ' })],
  label_color_shape: () => ['label', label({ color: 'red' })],
  label_name_unique: () => ['label', label({ name: 'GREEN' })],
  task_title_length: () => ['task', task({ title: 'x'.repeat(501) })],
  task_description_length: () => ['task', task({ description: 'x'.repeat(400_001) })],
  task_status_known: () => ['task', task({ status: 'nearly' })],
  task_priority_range: () => ['task', task({ priority: 5 })],
  task_position_shape: () => ['task', task({ position: '' })],
  task_author_length: () => ['task', task({ author: 'x'.repeat(201) })],
  task_source_length: () => ['task', task({ source: 'x'.repeat(501) })],
  task_due_on_range: () => ['task', task({ due_on: '20261-01-01' })],
  task_project_exists: () => ['task', task({ project_id: nobody })],
  task_assignee_exists: () => ['task', task({ assignee_id: nobody })],
  task_label_once: () => ['task_label', taskLabel()],
  task_label_task_exists: () => ['task_label', taskLabel({ task_id: nobody })],
  task_label_label_exists: () => ['task_label', taskLabel({ label_id: nobody })],
  comment_body_length: () => ['comment', comment({ body: '' })],
  comment_author_length: () => ['comment', comment({ author: 'x'.repeat(201) })],
  comment_task_exists: () => ['comment', comment({ task_id: nobody })],
  resource_kind_known: () => ['resource', resource({ kind: 'ship' })],
  resource_name_length: () => ['resource', resource({ name: ' ' })],
  resource_capacity_range: () => ['resource', resource({ capacity: 0 })],
  resource_color_shape: () => ['resource', resource({ color: 'red' })],
  resource_time_zone_shape: () => ['resource', resource({ time_zone: 'Here; there' })],
  resource_hours_order: () => ['resource', resource({ opens: '10:00', closes: '09:00' })],
  resource_open_days_range: () => ['resource', resource({ open_days: 0 })],
  resource_position_shape: () => ['resource', resource({ position: '!' })],
  resource_name_unique: () => ['resource', resource({ name: 'GREEN ROOM' })],
  booking_title_length: () => ['booking', booking({ title: ' ' })],
  booking_notes_length: () => ['booking', booking({ notes: 'x'.repeat(100_001) })],
  booking_author_length: () => ['booking', booking({ author: 'x'.repeat(201) })],
  booking_source_length: () => ['booking', booking({ source: 'x'.repeat(1001) })],
  booking_status_known: () => ['booking', booking({ status: 'perhaps' })],
  booking_people_list: () => ['booking', booking({ people: 'Ada' })],
  booking_during_shape: () => ['booking', booking({ during: '[2026-11-23,2027-02-23)' })],
  booking_during_range: () => ['booking', booking({ during: '[2199-12-31,2200-01-02)' })],
  booking_resource_exists: () => ['booking', booking({ resource_id: nobody })],
  resolution_choice_known: () => ['resolution', resolution({ choice: 'fight' })],
  resolution_author_length: () => ['resolution', resolution({ author: 'x'.repeat(201) })],
  resolution_detail_length: () => ['resolution', resolution({ detail: { x: 'x'.repeat(10_000) } })],
  resolution_violation_exists: () => ['resolution', resolution({ violation_id: nobody })],
  stock_item_name_length: () => ['stock_item', item({ name: ' ' })],
  stock_item_unit_length: () => ['stock_item', item({ unit: 'x'.repeat(21) })],
  stock_item_notes_length: () => ['stock_item', item({ notes: 'x'.repeat(2001) })],
  stock_item_minimum_range: () => ['stock_item', item({ minimum: -1 })],
  stock_item_name_unique: () => ['stock_item', item({ name: 'LAMP' })],
  stock_place_name_length: () => ['stock_place', place({ name: ' ' })],
  stock_place_name_unique: () => ['stock_place', place({ name: 'HUT' })],
  page_title_length: () => ['page', page({ title: 'x'.repeat(501) })],
  page_icon_length: () => ['page', page({ icon: 'x'.repeat(17) })],
  page_position_shape: () => ['page', page({ position: '!' })],
  page_source_length: () => ['page', page({ source: 'x'.repeat(1001) })],
  page_deleted_at_range: () => ['page', page({ deleted_at: '2200-01-01T00:00:00Z' })],
  page_parent_exists: () => ['page', page({ parent_id: nobody })],
  page_favourite_once: () => ['page_favourite', favourite()],
  page_favourite_position_shape: () => ['page_favourite', favourite({ position: '!' })],
  page_favourite_page_exists: () => ['page_favourite', favourite({ page_id: nobody })],
  document_update_length: () => ['document_update', update({ update: tooLarge })],
  document_update_compacted_range: () => ['document_update', update({ compacted: -1 })],
  document_version_name_length: () => ['document_version', version({ name: 'x'.repeat(201) })],
  document_version_author_length: () => ['document_version', version({ author: 'x'.repeat(201) })],
  document_version_length: () => ['document_version', version({ state: tooLarge })],
  file_hash_shape: () => ['file', file({ hash: 'abc' })],
  file_name_length: () => ['file', file({ name: 'x'.repeat(301) })],
  file_type_shape: () => ['file', file({ type: 'picture' })],
  file_size_range: () => ['file', file({ size: 0 })],
  file_once: () => ['file', file({ hash: 'a'.repeat(64) })],
};

const row = (values: Values): Values => ({ id: crypto.randomUUID(), ...values });
const member = (v: Values): Values =>
  row(scoped({ user_id: 'u', name: 'U', email: 'u', role: 'guest', ...v }));
const elsewhere = { workspace_id: nobody };

/** By constraint: an insert that breaks it, which only the server's own code could try. */
const byServer: Record<string, () => [table: string, values: Values]> = {
  workspace_name_length: () => ['workspace', row({ name: 'x'.repeat(81) })],
  member_role_known: () => ['member', member({ role: 'king' })],
  member_once: () => ['member', member({ user_id: 'twice' })],
  member_workspace_id_fkey: () => ['member', member(elsewhere)],
  project_workspace_id_fkey: () => ['project', row(project(elsewhere))],
  label_workspace_id_fkey: () => ['label', row(label(elsewhere))],
  notice_workspace_id_fkey: () => ['notice', notice({ ...elsewhere })],
  notice_kind_known: () => ['notice', notice({ kind: 'rumour' })],
  notice_resolved_at_range: () => ['notice', notice({ resolved_at: 'infinity' })],
  resource_workspace_id_fkey: () => ['resource', row(resource(elsewhere))],
  // By a client it is stored and flagged: bookings.test.ts.
  booking_no_overlap: () => ['booking', row(booking({ during: hour(10) }))],
  violation_workspace_id_fkey: () => ['violation', row(violation(elsewhere))],
  violation_outcome_known: () => [
    'violation',
    row(violation({ outcome: 'lost', resolved_at: '2026-11-23' })),
  ],
  violation_closed: () => ['violation', row(violation({ outcome: 'moved' }))],
  resolution_outcome_known: () => ['resolution', row(resolution({ outcome: 'perhaps' }))],
  stock_item_workspace_id_fkey: () => ['stock_item', row(item(elsewhere))],
  stock_place_workspace_id_fkey: () => ['stock_place', row(place(elsewhere))],
  stock_level_quantity_range: () => ['stock_level', row(level({ quantity: -1 }))],
  stock_level_once: () => ['stock_level', row(level())],
  stock_level_item_exists: () => ['stock_level', row(level({ item_id: nobody }))],
  stock_level_place_exists: () => ['stock_level', row(level({ place_id: nobody }))],
  stock_movement_quantity_range: () => ['stock_movement', row(movement({ quantity: 0 }))],
  stock_movement_places: () => ['stock_movement', row(movement({ from_id: ids.place }))],
  stock_movement_reason_length: () => ['stock_movement', row(movement({ reason: 'x'.repeat(501) }))],
  stock_movement_author_length: () => ['stock_movement', row(movement({ author: 'x'.repeat(201) }))],
  stock_movement_item_exists: () => ['stock_movement', row(movement({ item_id: nobody }))],
  stock_movement_from_exists: () => ['stock_movement', row(movement({ from_id: nobody }))],
  stock_movement_to_exists: () => ['stock_movement', row(movement({ to_id: nobody }))],
  page_workspace_id_fkey: () => ['page', row(page(elsewhere))],
  page_not_in_itself: () => ['page', { ...page({ parent_id: nobody }), id: nobody }],
  document_update_workspace_id_fkey: () => ['document_update', row(update(elsewhere))],
  document_version_workspace_id_fkey: () => ['document_version', row(version(elsewhere))],
  file_workspace_id_fkey: () => ['file', row(file(elsewhere))],
};
const violation = (v: Values = {}): Values =>
  scoped({ case_id: nobody, rule: 'booking_no_overlap', table: 'booking', row_id: nobody, ...v });
const level = (v: Values = {}): Values =>
  scoped({ item_id: ids.item, place_id: ids.place, quantity: 1, ...v });
const movement = (v: Values = {}): Values =>
  scoped({ item_id: ids.item, to_id: ids.place, quantity: 1, user_id: 'u', ...v });
const notice = (v: Values): Values =>
  row(scoped({ user_id: 'u', kind: 'lost', table: 'task', row_id: nobody, ...v }));

async function send(...operations: Pick<Operation, 'table' | 'id' | 'set'>[]) {
  const { body } = await ada.json<WriteResponse>('POST', '/api/write', {
    protocol: PROTOCOL,
    clientId,
    serverId: null,
    acknowledged: 0,
    transactions: [
      {
        n: ++n,
        operations: operations.map((o, i) => ({
          kind: 'insert',
          was: {},
          clock: formatClock(Date.now(), i, '00000000000a'),
          ...o,
        })),
      },
    ],
  });
  return body.answers[0]!.verdicts;
}

async function insertBySql(table: string, values: Values): Promise<void> {
  const columns = Object.keys(values)
    .map((c) => `"${c}"`)
    .join(', ');
  await api.pool.query(
    `insert into public.${table} (${columns}) select ${columns} from jsonb_populate_record(null::public.${table}, $1)`,
    [JSON.stringify(values)],
  );
}

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  ids.workspace = (await foundWorkspace(ada)).workspaceId;
  for (const part of ['project', 'label', 'task', 'taskLabel', 'resource', 'booking'] as const) {
    ids[part] = crypto.randomUUID();
  }
  for (const part of ['violation', 'item', 'place', 'level', 'page'] as const)
    ids[part] = crypto.randomUUID();
  ids.ada = (await ada.json<{ user: { id: string } }>('GET', '/api/session')).body.user.id;
  const verdicts = await send(
    { table: 'project', id: ids.project, set: project({ key: 'A' }) },
    { table: 'label', id: ids.label, set: label({ name: 'green' }) },
    { table: 'task', id: ids.task, set: task() },
    { table: 'task_label', id: ids.taskLabel, set: taskLabel() },
    { table: 'resource', id: ids.resource, set: resource({ name: 'Green room' }) },
    { table: 'booking', id: ids.booking, set: booking({ during: hour(10) }) },
    { table: 'stock_item', id: ids.item, set: item({ name: 'Lamp' }) },
    { table: 'stock_place', id: ids.place, set: place({ name: 'Hut' }) },
    { table: 'page', id: ids.page, set: page() },
    { table: 'page_favourite', id: crypto.randomUUID(), set: favourite() },
    { table: 'file', id: crypto.randomUUID(), set: file({ hash: 'a'.repeat(64) }) },
  );
  expect(verdicts.map((v) => v.status)).toEqual(verdicts.map(() => 'applied'));
  await insertBySql('violation', { id: ids.violation, ...violation() });
  await insertBySql('stock_level', { id: ids.level, ...level() });
  await insertBySql('member', member({ user_id: 'twice' }));
});
afterAll(() => api.stop());

describe('C1: the server never holds what a constraint forbids', () => {
  test('C1: every constraint has a case', async () => {
    // Primary keys, and keys that are there for foreign keys to refer to, follow from the id. A moment when a row was made
    // is brought into its bounds before it can break them: the test below.
    const { rows } = await api.pool.query<{ name: string }>(
      `select conname as name from pg_constraint c join pg_class t on t.oid = c.conrelid
         where t.relnamespace = 'public'::regnamespace and contype in ('c', 'f', 'u', 'x') and conname !~ '_in_workspace$|_created_at_range$'
       union select indexname from pg_indexes where schemaname = 'public' and indexdef ~ '^CREATE UNIQUE'
         and indexname !~ '(_pkey|_in_workspace)$'`,
    );
    const cases = [...Object.keys(byClients), ...Object.keys(byServer)];
    expect(rows.map((r) => r.name).sort()).toEqual(cases.sort());
  });

  test.each(Object.keys(byClients))('C1: %s, by a client', async (name) => {
    const [table, set] = byClients[name]!();
    const id = crypto.randomUUID();
    const [verdict] = await send({ table, id, set });
    expect(verdict).toMatchObject({ status: 'refused', rule: name });
    expect((await api.pool.query(`select 1 from ${table} where id = $1`, [id])).rowCount).toBe(0);
  });

  test.each(Object.keys(byServer))('C1: %s, by the server', async (name) => {
    await expect(insertBySql(...byServer[name]!())).rejects.toMatchObject({ constraint: name });
  });

  test.each(['-infinity', '290000-01-01', '4713-01-01 BC'])(
    'A5: a row made at %s is not refused for it',
    async (at) => {
      const id = crypto.randomUUID();
      const [verdict] = await send({
        table: 'task',
        id,
        set: task({ created_at: at, source: 'https://example.org/1' }),
      });
      expect(verdict).toMatchObject({ status: 'applied' });
      const { rows } = await api.pool.query<{ year: string }>(
        'select extract(year from created_at) as year from task where id = $1',
        [id],
      );
      expect(Number(rows[0]!.year)).toBeGreaterThanOrEqual(1900);
      expect(Number(rows[0]!.year)).toBeLessThan(2200);
    },
  );

  test('C1: none is switched off', async () => {
    const { rows } = await api.pool.query(
      `select conname from pg_constraint where connamespace = 'public'::regnamespace
         and not (convalidated and conenforced)
       union select tgname from pg_trigger where tgisinternal and tgenabled <> 'O'`,
    );
    expect(rows).toEqual([]);
  });
});
