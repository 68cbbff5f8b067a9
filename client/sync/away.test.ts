// A device that comes back after the server has forgotten it: nothing lost, nothing twice, nothing back from the dead.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kept } from '../../api/host/purge';
import { formatClock } from '../../db/sync/clock';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { openStation } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ longPoll: 2_000 });
});
afterAll(() => api.stop());

test('A5: a device that was away for longer than the rule starts over: all is sent again, once, and nothing is lost', async () => {
  const station = await openStation(api);
  try {
    const [a, b] = await Promise.all([station.device(station.ada), station.device(station.ben)]);
    const p = await station.project(a);
    const known = await station.task(a, p, 'Known');
    await station.shows('Known', known, a, b);
    await a.settled();

    // They take effect, and the device does not hear of it.
    a.network.loseAnswers = Number.POSITIVE_INFINITY;
    const titles = ['Kept', 'Changed since', 'Deleted since', 'Deleted and purged since'];
    const made = titles.map(() => crypto.randomUUID());
    const [keptOne, changed, deleted, purged] = made as [string, string, string, string];
    await a.engine.write(crypto.randomUUID(), [
      {
        sql: `insert into task (id, workspace_id, project_id, title, position)
          select id, $1, $2, title, 'a0' from unnest($3::uuid[], $4::text[]) as made (id, title)`,
        parameters: [station.workspaceId, p, made, titles],
      },
      { sql: 'update task set priority = 2 where id = $1', parameters: [known] },
    ]);
    await until('all took effect', async () => {
      const { rows } = await api.pool.query('select title from task where workspace_id = $1', [
        station.workspaceId,
      ]);
      return rows.length === 5;
    });
    a.offline();
    await station.shows(titles[3], purged, b);
    await b.write("update task set title = 'By Ben' where id = $1", changed);
    await b.write('delete from task where id in ($1, $2)', deleted, purged);
    await b.settled();
    // All of it was more than a year ago.
    const longAgo = formatClock(Date.now() - (kept.grave + 20) * 86_400_000, 0, '000000000001');
    await a.write('update sync.outbox set clock = $2 where row_id = $1', purged, longAgo);
    const later = await station.task(a, p, 'Written while away');

    await api.pool.query(
      "update sync.client set seen_at = now() - ($1 + 1) * interval '1 day' where user_id = $2",
      [kept.client, a.userId],
    );
    await api.pool.query('update sync.register set life = $2 where id = $1', [purged, longAgo]);
    const removed = await api.purge.run();
    expect(removed).toMatchObject({ 'sync.client': 1, 'sync.register': 1 });

    a.network.loseAnswers = 0;
    a.online();
    await a.settled();
    await station.expectSame(a, b);
    const { rows } = await api.pool.query<{ id: string; title: string; priority: number }>(
      'select id, title, priority from task where workspace_id = $1',
      [station.workspaceId],
    );
    expect(Object.fromEntries(rows.map((found) => [found.id, found.title]))).toEqual({
      [known]: 'Known',
      [keptOne]: 'Kept',
      [changed]: 'By Ben',
      [later]: 'Written while away',
    });
    expect(rows.find(({ id }) => id === known)?.priority).toBe(2);
    // Nothing in silence: of the one that was deleted there is a notice; of the one that nobody knows of, a question.
    const told = await a.rows<{ row_id: string; kind: string }>(
      'select row_id, kind from notice order by kind',
    );
    expect(told.filter(({ row_id }) => row_id === deleted)).toMatchObject([{ kind: 'deleted' }]);
    const [asked, ...more] = await a.rows<{ id: string; row_id: string; rule: string }>(
      'select id, row_id, rule from sync.refused',
    );
    expect([asked, more]).toMatchObject([{ row_id: purged, rule: 'insert_too_old' }, []]);
    // Whoever wants it sends it again.
    await a.engine.resend(crypto.randomUUID(), asked!.id, {});
    await station.shows(titles[3], purged, a, b);
    await station.expectSame(a, b);
  } finally {
    await station.close();
  }
});

test('A5: a device that was forgotten before its first answer sends its first change again, once', async () => {
  const station = await openStation(api);
  try {
    const a = await station.device(station.ada);
    a.network.loseAnswers = Number.POSITIVE_INFINITY;
    const p = await station.project(a);
    await until(
      'it took effect',
      async () => (await api.pool.query('select from project where id = $1', [p])).rowCount === 1,
    );
    a.offline();
    await api.pool.query(`update sync.client set seen_at = now() - interval '200 days' where user_id = $1`, [
      a.userId,
    ]);
    expect((await api.purge.run())['sync.client']).toBe(1);
    a.network.loseAnswers = 0;
    a.online();
    await a.settled();
    await station.expectSame(a);
    expect(await a.rows('select 1 from sync.refused union all select 1 from notice')).toEqual([]);
  } finally {
    await station.close();
  }
});
