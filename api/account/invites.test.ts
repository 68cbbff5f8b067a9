// Invitation links: who makes them, whom they let in, and when they end. Over HTTP and against a real Postgres.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import type { OpenInvite } from './invites';
import type { Joined } from './workspaces';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('invitations', () => {
  test('a link lets one person in, once, with the role it was made for', async () => {
    const [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
    const { workspaceId } = await foundWorkspace(ada, 'Station');
    const made = await ada.json<{ url: string }>('POST', `/api/workspaces/${workspaceId}/invites`, {
      role: 'guest',
    });
    expect(made.status).toBe(201);
    expect(made.body.url).toMatch(new RegExp(`^${api.url}/invite/[\\w-]{32}$`));
    const token = made.body.url.split('/').at(-1)!;
    const kept = await api.pool.query('select i::text as all from auth.invite i');
    expect(JSON.stringify(kept.rows)).not.toContain(token);

    const seen = await api.stranger.json('GET', `/api/invites/${token}`);
    expect(seen.body).toEqual({ workspaceName: 'Station', role: 'guest', invitedBy: 'Ada' });
    const joined = await ben.json<Joined>('POST', `/api/invites/${token}/accept`, {});
    expect(joined.body).toMatchObject({ workspaceId, role: 'guest', name: 'Station' });
    expect((await ben.json('POST', `/api/invites/${token}/accept`, {})).body).toEqual(joined.body);
    expect((await eve.json('POST', `/api/invites/${token}/accept`, {})).status).toBe(404);
    expect((await api.stranger.json('GET', `/api/invites/${token}`)).status).toBe(404);
  });

  test('a link that was followed by two at once lets in one', async () => {
    const [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
    const { workspaceId } = await foundWorkspace(ada);
    const made = await ada.json<{ url: string }>('POST', `/api/workspaces/${workspaceId}/invites`, {
      role: 'member',
    });
    const path = `/api/invites/${made.body.url.split('/').at(-1)}/accept`;
    const answers = await Promise.all([ben.json('POST', path, {}), eve.json('POST', path, {})]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404]);
  });

  test('a link runs out, and somebody removed cannot come back by the link they used', async () => {
    const [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
    const { workspaceId } = await foundWorkspace(ada);
    const made = await ada.json<{ url: string }>('POST', `/api/workspaces/${workspaceId}/invites`, {
      role: 'member',
    });
    const path = `/api/invites/${made.body.url.split('/').at(-1)}/accept`;
    await api.pool.query('update auth.invite set expires_at = now() where workspace_id = $1', [workspaceId]);
    expect((await ben.json('POST', path, {})).status).toBe(404);

    const joined = await join(ada, ben, workspaceId, 'member');
    await ada.json('DELETE', `/api/workspaces/${workspaceId}/members/${joined.memberId}`);
    expect((await ben.json('POST', path, {})).status).toBe(404);
  });

  test('A2: an invitation ends with the right to make it: whoever is removed or steps down lets nobody in, nor comes back', async () => {
    const ada = await api.person('Ada');
    const { workspaceId } = await foundWorkspace(ada);
    for (const end of ['removed', 'stepped down', 'left'] as const) {
      const [ben, eve] = [await api.person('Ben'), await api.person('Eve')];
      const asBen = await join(ada, ben, workspaceId, 'owner');
      const made = await ben.json<{ url: string }>('POST', `/api/workspaces/${workspaceId}/invites`, {
        role: 'owner',
      });
      const path = `/api/invites/${made.body.url.split('/').at(-1)}`;
      expect((await api.stranger.json('GET', path)).status).toBe(200);
      const member = `/api/workspaces/${workspaceId}/members/${asBen.memberId}`;
      if (end === 'stepped down') await ben.json('PATCH', member, { role: 'guest' });
      else await (end === 'left' ? ben : ada).json('DELETE', member);
      expect([end, (await api.stranger.json('GET', path)).status]).toEqual([end, 404]);
      for (const who of end === 'stepped down' ? [eve] : [ben, eve]) {
        expect([end, (await who.json('POST', `${path}/accept`, {})).status]).toEqual([end, 404]);
      }
      // And for good: an owner again makes a new one.
      await api.pool.query("update member set role = 'owner' where id = $1", [asBen.memberId]);
      expect([end, (await eve.json('POST', `${path}/accept`, {})).status]).toEqual([end, 404]);
    }
  });

  test('A2: an owner who is removed while the invitation is accepted: one of the two came first, and holds', async () => {
    const [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
    const { workspaceId } = await foundWorkspace(ada);
    const asBen = await join(ada, ben, workspaceId, 'owner');
    const made = await ben.json<{ url: string }>('POST', `/api/workspaces/${workspaceId}/invites`, {
      role: 'owner',
    });
    const remove = await api.pool.connect();
    try {
      await remove.query('begin');
      await remove.query('select 1 from workspace where id = $1 for update', [workspaceId]);
      await remove.query('delete from member where id = $1', [asBen.memberId]);
      const back = ben.json('POST', `/api/invites/${made.body.url.split('/').at(-1)}/accept`, {});
      await until('the acceptance to wait', async () => {
        const { rows } = await api.pool.query(
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%from workspace%'",
        );
        return rows.length > 0;
      });
      await remove.query('commit');
      expect((await back).status).toBe(404);
    } finally {
      remove.release();
    }
  });

  test('A2: owners see what is open and revoke it; nobody else does, nor with the id of another workspace', async () => {
    const [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
    const { workspaceId } = await foundWorkspace(ada);
    const elsewhere = await foundWorkspace(eve);
    await join(ada, ben, workspaceId, 'member');
    const path = `/api/workspaces/${workspaceId}/invites`;
    const list = async () => (await ada.json<{ invites: OpenInvite[] }>('GET', path)).body.invites;
    expect(await list()).toEqual([]);
    const made = await ada.json<{ url: string }>('POST', path, { role: 'guest' });
    const [open] = await list();
    expect(open).toMatchObject({ role: 'guest', madeBy: 'Ada' });
    expect(Date.parse(open!.expiresAt) - Date.parse(open!.createdAt)).toBe(7 * 86_400_000);
    expect(JSON.stringify(open)).not.toContain(made.body.url.split('/').at(-1));
    const others = `/api/workspaces/${elsewhere.workspaceId}/invites/${open!.id}`;
    for (const who of [ben, eve]) {
      expect((await who.json('GET', path)).status).toBe(403);
      expect((await who.json('DELETE', `${path}/${open!.id}`)).status).toBe(403);
    }
    expect((await eve.json('DELETE', others)).status).toBe(404);
    expect((await ada.json('DELETE', `${path}/${open!.id.toUpperCase()}`)).status).toBe(200);
    expect(await list()).toEqual([]);
    expect((await ada.json('DELETE', `${path}/${open!.id}`)).status).toBe(404);
    const accept = `/api/invites/${made.body.url.split('/').at(-1)}/accept`;
    expect((await api.stranger.json('GET', accept.replace('/accept', ''))).status).toBe(404);
    expect((await eve.json('POST', accept, {})).status).toBe(404);
  });

  test('A2: only an owner invites', async () => {
    const [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
    const { workspaceId } = await foundWorkspace(ada);
    await join(ada, ben, workspaceId, 'member');
    for (const who of [ben, eve]) {
      const answer = await who.json('POST', `/api/workspaces/${workspaceId}/invites`, { role: 'owner' });
      expect(answer.status).toBe(403);
    }
  });
});
