// A4: who may do what to which row, written down as a table, and every way to write an operation against it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may, type Role, type Standing, type Who } from '../../db/sync/access';
import { formatClock } from '../../db/sync/clock';
import type { Kind, SyncedTable } from '../../db/sync/schema';
import type { Operation, SessionAnswer, Verdict } from '../../db/sync/wire';
import { access, schema, type TableName, tableNames, tables } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { insertRow, type Sample, type Somebody, sampleRow, type Values } from '../../scripts/testing/rows';
import { foundCrew, join } from '../../scripts/testing/workspace';
import { type Write, Writer } from '../../scripts/testing/writer';

const roles = ['owner', 'member', 'guest', 'outsider'] as const;
const standings = ['own', 'other', 'nobody'] as const;
type Who4 = (typeof roles)[number];

/** Letters of the roles that may: Owner, Member, Guest. */
interface Written {
  readonly make: string;
  readonly change: Readonly<Record<Standing, string>>;
  readonly remove: Readonly<Record<Standing, string>>;
}
const all = (letters: string) => ({ own: letters, other: letters, nobody: letters });
const nothing: Written = { make: '', change: all(''), remove: all('') };
const shared: Written = { make: 'OM', change: all('OM'), remove: all('OM') };
/** Of tables whose definition says nothing else: members and owners make, change and delete. */
const written: Partial<Record<TableName, Written>> = {
  workspace: nothing,
  member: nothing,
  project: shared,
  label: shared,
  task: shared,
  task_label: { ...shared, change: all('') },
  comment: {
    make: 'OM',
    change: { own: 'OM', other: '', nobody: 'OM' },
    remove: { own: 'OM', other: 'O', nobody: 'OM' },
  },
  notice: { ...nothing, change: { own: 'OMG', other: '', nobody: '' } },
  resource: { ...shared, remove: { own: 'OM', other: 'O', nobody: 'OM' } },
  booking: {
    make: 'OM',
    change: { own: 'OM', other: 'O', nobody: '' },
    remove: { own: 'OM', other: 'O', nobody: '' },
  },
  violation: nothing,
  resolution: { make: 'OM', change: all(''), remove: all('') },
  stock_item: shared,
  stock_place: shared,
  stock_level: nothing,
  stock_movement: nothing,
  page: { make: 'OM', change: all('OM'), remove: all('') },
  page_favourite: {
    make: 'OM',
    change: { own: 'OM', other: '', nobody: '' },
    remove: { own: 'OM', other: '', nobody: '' },
  },
  document_update: { make: 'OM', change: all(''), remove: all('') },
  document_version: { make: 'OM', change: all('OM'), remove: all('') },
  file: { make: 'OM', change: all(''), remove: all('') },
};
const letterOf: Record<Who4, string> = { owner: 'O', member: 'M', guest: 'G', outsider: '-' };

const deeds = ['make', 'insert over', 'update', 'delete', 'restore', 'update the dead'] as const;
type Deed = (typeof deeds)[number];

/** Tables of which a row is one person's: another's row comes back only by the hand of who may remove it. */
const personal: ReadonlySet<TableName> = new Set<TableName>([
  ...(['comment', 'booking', 'resolution', 'page_favourite', 'notice'] as const),
]);

/** What the written table says. An insert over a row is a change, for those who may make rows of the kind. */
function allowed(table: TableName, deed: Deed, role: Who4, standing: Standing): boolean {
  const rule = written[table] ?? shared;
  const letters = {
    make: rule.make,
    'insert over': rule.make === '' ? '' : rule.change[standing],
    update: rule.change[standing],
    delete: rule.remove[standing],
    restore: standing === 'other' && personal.has(table) ? rule.remove.other : rule.make,
    'update the dead': rule.change[standing],
  }[deed];
  return letters.includes(letterOf[role]);
}

const cases: readonly (readonly [string, (id: string) => string])[] = [
  ['lower', (id) => id],
  ['upper', (id) => id.toUpperCase()],
  ['mixed', (id) => [...id].map((c, i) => (i % 2 ? c.toUpperCase() : c)).join('')],
];

let api: TestApi;
let people: Record<Who4, TestPerson>;
let persons: Record<Who4 | 'mia', Somebody>;
let workspaceId: string;
let mia: TestPerson;

beforeAll(async () => {
  api = await startTestApi();
  const crew = await foundCrew(api);
  ({ workspaceId } = crew);
  const { owner, member, guest, outsider } = crew;
  people = { owner, member, guest, outsider };
  mia = await api.person('Mia');
  await join(owner, mia, workspaceId, 'member');
  const somebody = async (person: TestPerson): Promise<Somebody> => {
    const { body } = await person.json<SessionAnswer>('GET', '/api/session');
    return { userId: body.user.id, name: body.user.name, memberId: body.memberships[0]!.memberId };
  };
  persons = {
    ...{ owner: await somebody(owner), member: await somebody(member), guest: await somebody(guest) },
    ...{ outsider: await somebody(outsider), mia: await somebody(mia) },
  };
});
afterAll(() => api.stop());

const uuid = () => crypto.randomUUID();
const idColumns = /(^|_)id$|^deleted_by$/;
const set = (values: Values) => values as Operation['set'];

/** The row as it is stored, and what is kept of it when it is deleted; without what every write raises. */
async function stateOf(table: TableName, id: string): Promise<{ row: Values | null; grave: Values | null }> {
  const { rows } = await api.pool.query<{ row: Values | null; grave: Values | null }>(
    `select (select to_jsonb(t) - '{version,updated_at,search}'::text[] from "${table}" t where id = $2) as row,
            (select grave from sync.register where "table" = $1 and id = $2) as grave`,
    [table, id],
  );
  return rows[0]!;
}

interface Trial {
  readonly table: TableName;
  readonly deed: Deed;
  readonly standing: Standing;
  readonly spelling: string;
  readonly id: string;
  readonly sample: Sample;
  readonly before: Awaited<ReturnType<typeof stateOf>>;
  readonly write: Write;
}

const clockOf = (ms: number) => formatClock(ms, 0, '00000000000a');

async function trial(
  table: TableName,
  deed: Deed,
  standing: Standing,
  actor: Who4,
  [spelling, spell]: (typeof cases)[number],
): Promise<Trial> {
  const id = uuid();
  const whose = { own: persons[actor], other: persons.mia, nobody: null }[standing];
  const sample = await sampleRow(api.pool, workspaceId, table, whose);
  const spelled = (values: Values) =>
    Object.fromEntries(
      Object.entries(values).map(([k, v]) => [
        k,
        typeof v === 'string' && idColumns.test(k) && k !== 'user_id' ? spell(v) : v,
      ]),
    );
  if (deed !== 'make') {
    await insertRow(api.pool, table, id, sample.row);
    if (table === 'resource' && whose) {
      const booking = await sampleRow(api.pool, workspaceId, 'booking', whose);
      await insertRow(api.pool, 'booking', uuid(), { ...booking.row, resource_id: id });
    }
  }
  if (deed === 'restore' || deed === 'update the dead')
    await api.pool.query(`delete from "${table}" where id = $1`, [id]);
  const { insertable }: SyncedTable = tables[table];
  const made = Object.fromEntries(
    Object.entries(sample.row).filter(([k]) => k === 'workspace_id' || insertable.includes(k)),
  );
  const base = { table, id: spell(id), was: {} };
  const later = { clock: clockOf(Date.now() + 5_000) };
  const insert = { workspace_id: workspaceId, ...made };
  const write: Write =
    deed === 'make'
      ? { ...base, kind: 'insert', set: set(spelled(insert)) }
      : deed === 'insert over'
        ? { ...base, ...later, kind: 'insert', set: set(spelled({ ...insert, ...sample.change })) }
        : deed === 'restore'
          ? { ...base, ...later, kind: 'insert', set: set(spelled(insert)) }
          : deed === 'delete'
            ? { ...base, ...later, kind: 'delete', set: {} }
            : { ...base, ...later, kind: 'update', set: set(spelled(sample.change)) };
  return { table, deed, standing, spelling, id, sample, write, before: await stateOf(table, id) };
}

/** Where a row cannot be nobody's, or being somebody's makes no difference. */
function meaningful(table: TableName, deed: Deed, standing: Standing): boolean {
  if (deed === 'make') return standing === 'own';
  if (table === 'booking' || table === 'page_favourite' || table === 'resolution')
    return standing !== 'nobody';
  // A deleted resource holds nobody's bookings any more.
  if (table === 'resource') return deed === 'delete' || standing === 'nobody';
  return true;
}

/** @returns what is not as it is written, or null */
function outcomeFault(t: Trial, actor: Who4, verdict: Verdict, after: Trial['before']): string | null {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (!allowed(t.table, t.deed, actor, t.standing)) {
    if (verdict.status !== 'refused') return 'was not refused';
    return same(after, t.before) ? null : 'was refused, and changed something';
  }
  if (verdict.status === 'refused') return 'was refused';
  const changed = Object.keys(t.sample.change);
  const rest = (values: Values | null) => Object.entries(values ?? {}).filter(([k]) => !changed.includes(k));
  switch (t.deed) {
    case 'delete':
      return after.row === null ? null : 'is still there';
    case 'restore':
      // Updates of bodies are not kept when they go: such a row is made anew.
      return t.before.grave === null || same(after.row, t.before.grave)
        ? null
        : 'came back as something else';
    case 'update':
    case 'insert over':
      if (!same(rest(after.row), rest(t.before.row))) return 'changed more than it may';
      return changed.every((c) => !same(after.row?.[c], t.before.row?.[c])) ? null : 'changed nothing';
    case 'make':
      return after.row === null ? 'is not there' : null;
    default:
      return after.row === null ? null : 'came back';
  }
}

describe('the written table', () => {
  test('A4: has a line for each table whose definition differs from what is usual', () => {
    const differing = tableNames.filter((table) => Object.keys(tables[table].exception).length > 0);
    expect(differing.length).toBeGreaterThan(10);
    expect(differing.filter((table) => !written[table])).toEqual([]);
  });

  test.each(roles)(
    'A4: every deed to every row, however its ids are written, is as written: %s',
    async (actor) => {
      const trials: Trial[] = [];
      for (const table of tableNames)
        for (const deed of deeds)
          for (const standing of standings)
            for (const spelling of cases) {
              if (meaningful(table, deed, standing)) {
                trials.push(await trial(table, deed, standing, actor, spelling));
              }
            }
      const verdicts = await new Writer(people[actor]).write(...trials.map((t) => t.write));
      const wrong: unknown[] = [];
      for (const [i, t] of trials.entries()) {
        const problem = outcomeFault(t, actor, verdicts[i]!, await stateOf(t.table, t.id));
        if (problem !== null) {
          wrong.push([t.table, t.deed, t.standing, t.spelling, problem, JSON.stringify(verdicts[i])]);
        }
      }
      expect(wrong).toEqual([]);
      expect(trials.length).toBeGreaterThan(500);
    },
  );

  test('A4: an insert over a row changes no column that was set once, and none that the server wrote', async () => {
    const by = new Writer(people.owner);
    for (const table of tableNames) {
      const { insertable, updatable }: SyncedTable = tables[table];
      if (insertable.length === 0) continue;
      const other = (await sampleRow(api.pool, workspaceId, table, persons.owner)).row;
      const fixed = insertable.filter((c) => !updatable.includes(c) && c !== 'workspace_id');
      for (const column of fixed) {
        const id = uuid();
        const { row } = await sampleRow(api.pool, workspaceId, table, persons.owner);
        await insertRow(api.pool, table, id, row);
        const before = await stateOf(table, id);
        const forged =
          {
            author: 'Forged',
            created_at: '2001-01-01T00:00:00Z',
            source: 'https://forged.example',
            name: 'Forged',
          }[column] ?? (row[column] === other[column] ? null : other[column]);
        const [verdict] = await by.write({
          ...{ table, id, was: {}, clock: clockOf(Date.now() + 5_000) },
          set: set({ ...row, [column]: forged ?? null }),
        });
        expect([table, column, verdict, (await stateOf(table, id)).row]).toEqual([
          ...[table, column, verdict, before.row],
        ]);
      }
    }
  });

  test('A4: the data in SQL are those of db/sync/access.ts and db/tables.ts, and decide the same', async () => {
    const { rows } = await api.pool.query('select * from sync.access');
    expect(rows).toEqual(schema.machinery.access);

    const who: Who[] = ['nobody', 'writers', 'self', 'reader', 'unless-other', 'unless-other-or-owner'];
    for (const w of who)
      for (const role of ['owner', 'member', 'guest', null] as (Role | null)[])
        for (const standing of standings) {
          const { rows: found } = await api.pool.query('select sync.may($1, $2, $3) as may', [
            w,
            role,
            standing,
          ]);
          expect([w, role, standing, found[0].may]).toEqual([w, role, standing, may(w, role, standing)]);
        }
    const kinds: Kind[] = ['insert', 'update', 'delete'];
    for (const table of tableNames) for (const kind of kinds) expect(who).toContain(access[table][kind]);
  });
});
