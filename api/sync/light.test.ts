// A1, A2: light mode reads what the shapes of the person hold and nothing else, whatever a view asks for.
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lightAnswer } from '../../db/sync/light';
import type { SessionAnswer } from '../../db/sync/wire';
import { schema, type TableName, tableNames, tables } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { insertRow, type Somebody, sampleRow } from '../../scripts/testing/rows';
import { foundCrew } from '../../scripts/testing/workspace';
import { lightViews } from '../host/features';
import { errorHandler } from './errors';
import { lightRoutes } from './light';
import type { LightView } from './light-view';
import { membershipsIn } from './memberships';

let api: TestApi;
let people: Record<'owner' | 'member' | 'guest', TestPerson>;
let outsider: TestPerson;
let workspaceId: string;
let elsewhereId: string;
/** Whose userId is whose. */
const ids = new Map<TestPerson, string>();

/** Everything that a view can ask of each table. */
const everything: LightView[] = tableNames.map((name) => ({
  name: name.replaceAll('_', '-'),
  params: [],
  parts: { rows: { table: name, columns: tables[name].columns, order: 'id', limit: 10_000 } },
}));

beforeAll(async () => {
  api = await startTestApi();
  const crew = await foundCrew(api);
  ({ workspaceId, elsewhereId, outsider } = crew);
  people = { owner: crew.owner, member: crew.member, guest: crew.guest };
  const somebody = async (person: TestPerson): Promise<Somebody> => {
    const { body } = await person.json<SessionAnswer>('GET', '/api/session');
    ids.set(person, body.user.id);
    return { userId: body.user.id, name: body.user.name, memberId: body.memberships[0]!.memberId };
  };
  const owner = await somebody(crew.owner);
  const member = await somebody(crew.member);
  await somebody(crew.guest);
  const other = await somebody(outsider);
  for (const table of tableNames) {
    for (const by of [owner, member, null]) {
      if (table === 'workspace') continue;
      if (by === null && ['booking', 'page_favourite', 'resolution'].includes(table)) continue;
      const { row } = await sampleRow(api.pool, workspaceId, table, by);
      await insertRow(api.pool, table, crypto.randomUUID(), row);
    }
    if (table === 'workspace') continue;
    const { row } = await sampleRow(api.pool, elsewhereId, table, other);
    await insertRow(api.pool, table, crypto.randomUUID(), row);
  }
  for (const by of [owner, member]) {
    const { row } = await sampleRow(api.pool, workspaceId, 'booking', by);
    const hidden = { ...row, private: true, title: `Private to ${by.name}` };
    await insertRow(api.pool, 'booking', crypto.randomUUID(), hidden);
  }
});
afterAll(() => api.stop());

/** The routes of light mode with these views, as this person. */
function routesFor(person: TestPerson, views: readonly LightView[]): Hono {
  const id = ids.get(person)!;
  const app = new Hono();
  app.onError(errorHandler(() => {}));
  const memberships = membershipsIn(api.pool);
  const whose = async () => ({ id, name: '', email: '' });
  app.route('/', lightRoutes({ person: whose, memberships, reads: api.pool, schema, views }));
  return app;
}

/** Ids of the rows that the shape of the table holds for the person. */
async function inShape(person: TestPerson, table: TableName): Promise<string[]> {
  const { status, body } = await person.json<{ value?: { id: string } }[]>(
    'GET',
    `/api/shapes/${table}?workspace=${workspaceId}&offset=-1`,
  );
  expect([table, status]).toEqual([table, 200]);
  return body.flatMap(({ value }) => (value ? [value.id] : [])).sort();
}

describe('A1: of every table', () => {
  for (const table of tableNames) {
    test(`${table}: the rows of the person’s shape, no other, with no other columns`, async () => {
      for (const [role, person] of Object.entries(people)) {
        const app = routesFor(person, everything);
        const response = await app.request(`/${workspaceId}/light/${table.replaceAll('_', '-')}`);
        const { parts } = lightAnswer.parse(await response.json());
        expect([role, parts.rows!.map(({ id }) => id).sort()]).toEqual([role, await inShape(person, table)]);
        for (const row of parts.rows!) {
          expect(Object.keys(row).sort()).toEqual([...tables[table].columns].sort());
        }
      }
    });
  }
});

test('A1: what the sample holds tells people apart: a private booking is in one shape and not in another', async () => {
  const [ofOwner, ofMember] = [
    await inShape(people.owner, 'booking'),
    await inShape(people.member, 'booking'),
  ];
  expect(ofOwner.filter((id) => !ofMember.includes(id))).toHaveLength(1);
  expect(ofMember.filter((id) => !ofOwner.includes(id))).toHaveLength(1);
});

test('A1: a view cannot name a column or a table that no shape carries', () => {
  const naming = (table: string, columns: string[]): LightView[] => [
    { name: 'x', params: [], parts: { rows: { table, columns, order: 'id', limit: 1 } } },
  ];
  expect(() => routesFor(people.owner, naming('task', ['id', 'search']))).toThrow(/search/);
  expect(() => routesFor(people.owner, naming('user', ['id']))).toThrow(/user/);
});

test('A1: a condition cannot look at what the shape leaves out', async () => {
  const view: LightView = {
    name: 'x',
    params: [],
    parts: { rows: { table: 'task', columns: ['id'], where: 'search is not null', order: 'id', limit: 1 } },
  };
  const response = await routesFor(people.owner, [view]).request(`/${workspaceId}/light/x`);
  expect(response.status).toBe(500);
});

describe('the views of the app', () => {
  const query = async (view: LightView, workspace: string): Promise<string> => {
    const one = async (table: string, column = 'id') =>
      (
        await api.pool.query(`select ${column} as id from ${table} where workspace_id = $1 limit 1`, [
          workspace,
        ])
      ).rows[0].id;
    const values: Record<string, string> = {
      project: await one('task', 'project_id'),
      // One that has a comment.
      task: await one('comment', 'task_id'),
      page: await one('page'),
      from: '2026-11-23T00:00:00.000Z',
      to: '2026-11-24T00:00:00.000Z',
    };
    return new URLSearchParams(view.params.map(({ name }) => [name, values[name]!])).toString();
  };

  for (const view of lightViews) {
    test(`${view.name}: rows of the shapes only; 304 when it has not changed; 403 for strangers`, async () => {
      const path = `/api/workspaces/${workspaceId}/light/${view.name}?${await query(view, workspaceId)}`;
      for (const person of Object.values(people)) {
        const first = await person.call('GET', path);
        expect(first.status).toBe(200);
        const { parts } = lightAnswer.parse(await first.json());
        for (const [name, { table }] of Object.entries(view.parts)) {
          const known = await inShape(person, table as TableName);
          expect(parts[name]!.filter(({ id }) => !known.includes(id as string))).toEqual([]);
          expect([name, parts[name]!.length > 0]).toEqual([name, true]);
        }
        const again = await person.call('GET', path, undefined, {
          'if-none-match': first.headers.get('etag')!,
        });
        expect([again.status, await again.text()]).toEqual([304, '']);
      }
      expect((await outsider.call('GET', path)).status).toBe(403);
      expect((await api.stranger.call('GET', path)).status).toBe(401);
    });

    test(`${view.name}: what is asked for of another workspace is not there`, async () => {
      const asked = await query(view, elsewhereId);
      const path = `/api/workspaces/${workspaceId}/light/${view.name}?${asked}`;
      const { body } = await people.owner.json('GET', path);
      const elsewhere = await outsider.json(
        'GET',
        `/api/workspaces/${elsewhereId}/light/${view.name}?${asked}`,
      );
      const rows = (answer: unknown) =>
        Object.values(lightAnswer.parse(answer).parts).flatMap((list) => list.map(({ id }) => id));
      expect(rows(elsewhere.body).length).toBeGreaterThan(0);
      expect(rows(body).filter((id) => rows(elsewhere.body).includes(id))).toEqual([]);
    });
  }

  test('W5: parameters that cannot be meant are refused in a sentence', async () => {
    for (const path of ['tasks', 'tasks?project=1%20or%201=1', 'bookings?from=x&to=y', 'gone']) {
      const { status, body } = await people.owner.json<{ error: { sentence: string } }>(
        'GET',
        `/api/workspaces/${workspaceId}/light/${path}`,
      );
      expect([path, status < 500, body.error.sentence]).toEqual([path, true, expect.stringMatching(/\.$/)]);
    }
  });

  test('a list is cut at its limit, and says so', async () => {
    const [view] = everything.filter(({ name }) => name === 'task');
    const short = { ...view!, parts: { rows: { ...view!.parts.rows!, limit: 2 } } };
    const response = await routesFor(people.owner, [short]).request(`/${workspaceId}/light/task`);
    const { parts, cut } = lightAnswer.parse(await response.json());
    expect([parts.rows!.length, cut]).toEqual([2, ['rows']]);
  });
});
