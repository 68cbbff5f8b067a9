// POST /api/shapes/catch-up: who gets what of it. What it brings to a device is tested where the device is
// (client/sync/cut-logs.test.ts, client/sync/first-load.test.ts).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchUpHead, PERSON_HEADER } from '../../db/sync/wire';
import { tableNames } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';

let api: TestApi;
let ada: TestPerson;
let ben: TestPerson;
let eve: TestPerson;
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
  ({ workspaceId } = await foundWorkspace(ada));
  await join(ada, ben, workspaceId, 'guest');
});
afterAll(() => api.stop());

interface Part {
  readonly poll: string;
  readonly status: number;
  readonly text: string;
}

async function ask(
  person: TestPerson | null,
  polls: readonly { table: string; workspace: string; params?: Record<string, string> }[],
  more: Record<string, string> = {},
): Promise<{ status: number; parts: Part[] }> {
  const response = await fetch(`${api.url}/api/shapes/catch-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(person ? { cookie: person.cookie } : {}), ...more },
    body: JSON.stringify({
      polls: polls.map((poll) => ({ id: poll.table, params: { offset: '-1' }, ...poll })),
    }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const parts: Part[] = [];
  if (response.status !== 200) return { status: response.status, parts };
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const head = catchUpHead.parse(JSON.parse(bytes.subarray(at, end).toString()));
    at = end + 1 + head.bytes;
    parts.push({ poll: head.poll, status: head.status, text: bytes.subarray(end + 1, at).toString() });
  }
  return { status: response.status, parts };
}

const all = () => tableNames.map((table) => ({ table, workspace: workspaceId }));

test('A1: a member gets every table up to now, in the order of the request', async () => {
  for (const person of [ada, ben]) {
    const { parts } = await ask(person, all());
    expect([...new Set(parts.map(({ poll }) => poll))]).toEqual([...tableNames]);
    expect(new Set(parts.map(({ status }) => status))).toEqual(new Set([200]));
    for (const table of tableNames) {
      expect(parts.findLast(({ poll }) => poll === table)!.text).toContain('"up-to-date"');
    }
  }
});

test('A1: whoever is no member gets no row of any table, also beside what they may read, and not whether it exists', async () => {
  const { workspaceId: own } = await foundWorkspace(eve);
  const { parts } = await ask(eve, [{ table: 'member', workspace: own }, ...all().slice(1)]);
  const refused = parts.filter(({ status }) => status !== 200);
  expect(refused.map(({ poll }) => poll)).toEqual(tableNames.slice(1));
  for (const { status, text } of refused) {
    expect(status).toBe(403);
    expect(text).not.toContain(workspaceId);
  }
  const upper = await ask(eve, [{ table: 'member', workspace: workspaceId.toUpperCase() }]);
  const none = await ask(eve, [{ table: 'member', workspace: crypto.randomUUID() }]);
  expect(upper).toEqual(none);
  expect(upper.parts[0]!.status).toBe(403);
});

test('A1: personal rows are those of the session, whoever asks for the shape before', async () => {
  await api.pool.query(
    `insert into notice (id, workspace_id, user_id, kind, "table", row_id, title)
       values (gen_random_uuid(), $1, $2, 'lost', 'task', gen_random_uuid(), 'for Ada only')`,
    [
      workspaceId,
      (
        await api.pool.query('select user_id from member where workspace_id = $1 and name = $2', [
          workspaceId,
          'Ada',
        ])
      ).rows[0].user_id,
    ],
  );
  const texts = async (person: TestPerson) =>
    (await ask(person, [{ table: 'notice', workspace: workspaceId }])).parts.map(({ text }) => text).join();
  // The shape may be there already: then the row comes by its log.
  await until('Ada has it', async () => (await texts(ada)).includes('for Ada only'));
  expect(await texts(ben)).not.toContain('for Ada only');
});

test('A1, A5: without a session, in another person’s name, for no table, live, with a parameter of one’s own: nothing', async () => {
  expect((await ask(null, all())).status).toBe(401);
  expect((await ask(ada, all(), { [PERSON_HEADER]: 'somebody else' })).status).toBe(401);
  const odd = await ask(ada, [
    { table: 'session', workspace: workspaceId },
    { table: 'task', workspace: 'no uuid' },
    { table: 'label', workspace: workspaceId, params: { offset: '-1', live: 'true' } },
    { table: 'comment', workspace: workspaceId, params: { offset: '-1', where: 'true' } },
  ]);
  expect(odd.parts.map(({ status }) => status)).toEqual([404, 400, 400, 400]);
  const many = Array.from({ length: 257 }, () => ({ table: 'task', workspace: workspaceId }));
  expect((await ask(ada, many)).status).toBe(400);
});
