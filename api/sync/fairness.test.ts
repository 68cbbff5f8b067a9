// One person's load (A5): a greedy person writes as much as they can, from a program of its own, while another works.
// How long the other waits is a figure of `npm run measure`; here is what bounds it.
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { startGreedy } from '../../scripts/testing/greedy-process';
import { until } from '../../scripts/testing/until';
import { foundWorkspace } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';
import { turnLimits } from './entrance';

let api: TestApi;
let greedy: TestPerson;
let ben: TestPerson;
let watch: Pool;

beforeAll(async () => {
  api = await startTestApi();
  watch = new Pool({ connectionString: api.database.url, max: 1 });
  greedy = await api.person('Greta');
  ben = await api.person('Ben');
});
afterAll(async () => {
  await watch.end();
  await api.stop();
});

/** A workspace with a project. */
async function place(person: TestPerson): Promise<{ workspaceId: string; projectId: string }> {
  const { workspaceId } = await foundWorkspace(person);
  const projectId = crypto.randomUUID();
  const set = { workspace_id: workspaceId, key: 'LOAD', name: 'Load', position: 'a0' };
  await new Writer(person).write({ table: 'project', id: projectId, set });
  return { workspaceId, projectId };
}

/** Connections that are inside a transaction to write, now. */
async function writing(): Promise<number> {
  const { rows } = await watch.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and application_name = 'sync changes' and xact_start is not null`,
  );
  return rows[0]!.count;
}

test.each([
  ['large', { atOnce: 6, operations: 300, bytes: 600 }, 1],
  ['small', { atOnce: 20, operations: 10, bytes: 600 }, turnLimits.perPerson],
] as const)(
  'A5: while one person sends many %s writes at once, another is served between them',
  async (_, load, most) => {
    const own = await place(ben);
    const writer = new Writer(ben);
    const requests = load.atOnce * 2;
    const attack = startGreedy({
      url: api.url,
      cookie: greedy.cookie,
      ...(await place(greedy)),
      ...load,
      requests,
    });
    try {
      let served = 0;
      let seen = 0;
      let over = false;
      void attack.done.then(() => {
        over = true;
      });
      await until('the attack', async () => attack.answers.length > 0 || (await writing()) > 0);
      while (!over) {
        // Nobody else writes now: these are the greedy person's.
        const count = await writing();
        seen = Math.max(seen, count);
        expect(count).toBeLessThanOrEqual(most);
        const before = attack.answers.length;
        expect((await ben.call('GET', '/api/session')).status).toBe(200);
        const set = {
          workspace_id: own.workspaceId,
          project_id: own.projectId,
          title: 'Small',
          position: 'a0',
        };
        const [verdict] = await writer.write({ table: 'task', id: crypto.randomUUID(), set });
        expect(verdict?.status).toBe('applied');
        if (attack.answers.length <= before + 2 * most) served++;
      }
      expect(seen).toBeGreaterThan(0);
      // Before it was over, and not after everything that the greedy person had waiting.
      expect(served).toBeGreaterThan(2);
      expect(attack.answers.map((a) => a.status)).toEqual(Array.from({ length: requests }, () => 200));
    } finally {
      await attack.stop();
    }
  },
);

test('A5: beyond what may wait, the greedy person is told to come again later', async () => {
  const load = { atOnce: turnLimits.perPerson + turnLimits.waiting + 25, operations: 40, bytes: 600 };
  const attack = startGreedy({ url: api.url, cookie: greedy.cookie, ...(await place(greedy)), ...load });
  try {
    await until('a refusal', () => attack.answers.some((a) => a.status === 429));
    const refused = attack.answers.filter((a) => a.status !== 200);
    for (const { status, kind, retryAfter } of refused) {
      expect([status, kind, Number(retryAfter) >= 1]).toEqual([429, 'busy', true]);
    }
    expect((await ben.call('GET', '/api/session')).status).toBe(200);
    await foundWorkspace(ben, 'Meanwhile');
  } finally {
    await attack.stop();
  }
});
