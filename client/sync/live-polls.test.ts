// More live polls than one request carries, over the real door: they are split, take turns, and each gets its answer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LiveRequest, limits } from '../../db/sync/wire';
import { tableNames } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace } from '../../scripts/testing/workspace';
import { Link } from './link';
import { LivePolls } from './live-polls';
import type { SyncProblem } from './sync-problem';

let api: TestApi;
let ada: TestPerson;
let userId: string;
let tag: string;
const workspaceIds: string[] = [];

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  for (let i = 0; i < 12; i++) workspaceIds.push((await foundWorkspace(ada, `Station ${i}`)).workspaceId);
  const { body } = await ada.json<{ user: { id: string }; membershipsTag: string }>('GET', '/api/session');
  userId = body.user.id;
  tag = body.membershipsTag;
});
afterAll(() => api.stop());

interface Door {
  readonly polls: LivePolls;
  readonly problems: (SyncProblem | null)[];
  /** Live requests so far, and those under way at most. */
  readonly seen: { requests: number; together: number; largest: number };
  /** Polls of each live request, and those of them that were said in full. */
  readonly said: { polls: number; full: number }[];
  /** Answers in place of the door. */
  instead: (() => Response) | null;
  close(): void;
}

function openDoor(perRequest: number): Door {
  const seen = { requests: 0, together: 0, largest: 0 };
  const problems: (SyncProblem | null)[] = [];
  let underWay = 0;
  const said: Door['said'] = [];
  const door = { seen, said, problems, instead: null as Door['instead'] };
  const link = new Link({
    baseUrl: api.url,
    userId,
    maxPause: 300,
    fetch: async (input, init = {}) => {
      const isLive = String(input).endsWith('/live');
      if (isLive) {
        seen.requests++;
        seen.together = Math.max(seen.together, ++underWay);
        const { polls } = JSON.parse(String(init.body)) as LiveRequest;
        seen.largest = Math.max(seen.largest, polls.length);
        said.push({ polls: polls.length, full: polls.filter(({ params }) => params).length });
      }
      try {
        if (isLive && door.instead) return door.instead();
        return await fetch(input, {
          ...init,
          headers: { ...init.headers, cookie: ada.cookie, origin: api.url },
        });
      } finally {
        if (isLive) underWay--;
      }
    },
  });
  const news = {
    memberships: () => tag,
    membershipsChanged: async () => {},
    health: (problem: SyncProblem | null) => void problems.push(problem),
  };
  const polls = new LivePolls(link, news, perRequest);
  return Object.assign(door, {
    polls,
    close() {
      polls.close();
      link.close();
    },
  });
}

/** Where the log of a shape ends now. */
async function endOf(polls: LivePolls, table: string, workspace: string): Promise<URL> {
  const url = new URL(`/api/shapes/${table}`, api.url);
  url.search = new URLSearchParams({ workspace, offset: '-1', log: 'full' }).toString();
  for (;;) {
    const answer = await polls.fetch(url);
    url.searchParams.set('handle', answer.headers.get('electric-handle')!);
    url.searchParams.set('offset', answer.headers.get('electric-offset')!);
    if (answer.headers.has('electric-up-to-date')) break;
  }
  url.searchParams.set('live', 'true');
  url.searchParams.set('cursor', '1');
  return url;
}

for (const perRequest of [limits.livePolls, 100]) {
  test(`R1: 12 workspaces of 40 shapes, ${perRequest} polls a request: every shape hears of its change`, async () => {
    const door = openDoor(perRequest);
    const shapes = workspaceIds.flatMap((workspace) =>
      // As many as there will be tables one day: some twice.
      Array.from({ length: 40 }, (_, i) => ({ workspace, table: tableNames[i % tableNames.length]! })),
    );
    const ends = new Map<string, URL>();
    for (const { table, workspace } of shapes) {
      const key = `${table} ${workspace}`;
      if (!ends.has(key)) ends.set(key, await endOf(door.polls, table, workspace));
    }
    const stop = new AbortController();
    const heard = new Map<string, number>();
    const wait = async (table: string, workspace: string) => {
      const url = ends.get(`${table} ${workspace}`)!;
      const answer = await door.polls.fetch(url, { signal: stop.signal }).catch(() => null);
      if (!answer) return;
      expect(answer.status).toBe(200);
      if ((await answer.text()).includes('"operation"'))
        heard.set(workspace, (heard.get(workspace) ?? 0) + 1);
    };
    const waiting = shapes.map(({ table, workspace }) => wait(table, workspace));
    for (const workspace of workspaceIds) {
      await api.pool.query(
        "insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, $2, '#112233')",
        [workspace, crypto.randomUUID()],
      );
    }
    const twice = shapes.filter((s) => s.workspace === workspaceIds[0] && s.table === 'label').length;
    await until('all heard', () => workspaceIds.every((id) => heard.get(id) === twice), 30_000);
    stop.abort();
    await Promise.all(waiting);
    door.close();
    expect(door.seen.largest).toBeLessThanOrEqual(perRequest);
    expect(door.seen.together).toBeLessThanOrEqual(2);
    expect(door.problems.filter(Boolean)).toEqual([]);
  });
}

test('A5, R6: live requests that are refused are said, are asked less and less, and go on by themselves', async () => {
  const door = openDoor(limits.livePolls);
  const url = await endOf(door.polls, 'label', workspaceIds[0]!);
  const refusal = { error: { kind: 'malformed', sentence: 'This is not a request.' } };
  door.instead = () => Response.json(refusal, { status: 400 });
  let answered = false;
  const waiting = door.polls.fetch(url).then(() => {
    answered = true;
  });
  await until('it was refused some times', () => door.seen.requests >= 4);
  expect(door.polls.healthy).toBe(false);
  expect(door.problems.at(-1)?.kind).toBe('refused');
  const [before, since] = [door.seen.requests, performance.now()];
  await until('two seconds of it', () => performance.now() - since > 2_000);
  // 300 ms is the longest pause here; it was 60 requests a second once.
  expect(door.seen.requests - before).toBeLessThanOrEqual(14);
  expect(answered).toBe(false);
  door.instead = null;
  await until('it is asked again', () => door.polls.healthy);
  await api.pool.query(
    "insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, $2, '#112233')",
    [workspaceIds[0], crypto.randomUUID()],
  );
  await waiting;
  door.close();
});

test('R6: what the server knows is not said again; when it has forgotten, all of it is', async () => {
  const door = openDoor(limits.livePolls);
  const shapes = ['label', 'project', 'task', 'resource'];
  const stop = new AbortController();
  const heard = new Map<string, number>();
  const follow = async (table: string) => {
    let url = await endOf(door.polls, table, workspaceIds[1]!);
    while (!stop.signal.aborted) {
      const answer = await door.polls.fetch(url, { signal: stop.signal }).catch(() => null);
      if (!answer) return;
      expect(answer.status).toBe(200);
      const rows = (await answer.text()).split('"operation"').length - 1;
      heard.set(table, (heard.get(table) ?? 0) + rows);
      url = new URL(url);
      for (const name of ['offset', 'handle', 'cursor']) {
        url.searchParams.set(name, answer.headers.get(`electric-${name}`)!);
      }
    }
  };
  const following = shapes.map(follow);
  const addLabel = async () => {
    const before = heard.get('label') ?? 0;
    await api.pool.query(
      "insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, $2, '#112233')",
      [workspaceIds[1], crypto.randomUUID()],
    );
    await until('it is heard', () => (heard.get('label') ?? 0) === before + 1);
    const last = () => door.said.at(-1)!;
    await until('all wait again', () => last().polls === shapes.length);
  };
  await until('all to wait', () => door.said.at(-1)?.polls === shapes.length);
  for (let i = 0; i < 3; i++) await addLabel();
  expect(door.said.at(-1)).toEqual({ polls: shapes.length, full: 1 });
  // Another server in its place, which knows nothing.
  const from = door.said.length;
  let forgot = 0;
  door.instead = () => {
    door.instead = null;
    forgot++;
    return Response.json({ membershipsChanged: false, forgotten: true, results: [] });
  };
  await addLabel();
  await until('it was told', () => forgot === 1);
  await until('all of it is said', () => door.said.slice(from).some(({ full }) => full === shapes.length));
  await addLabel();
  stop.abort();
  await Promise.all(following);
  door.close();
  expect(door.problems.filter(Boolean)).toEqual([]);
});
