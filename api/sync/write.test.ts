// POST /api/write as a hostile or broken client uses it: counters, forks, access, malformed bodies.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import { limits, type Operation, PERSON_HEADER, PROTOCOL, type WriteResponse } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { type Crew, foundCrew, join } from '../../scripts/testing/workspace';

let api: TestApi;
let ada: TestPerson;
let guest: TestPerson;
let outsider: TestPerson;
let workspaceId: string;
let elsewhereId: string;
let memberIds: Crew['memberIds'];
let projectId: string;
let counter = 0;

beforeAll(async () => {
  api = await startTestApi();
  ({ owner: ada, guest, outsider, workspaceId, elsewhereId, memberIds } = await foundCrew(api));
});
afterAll(() => api.stop());

const uuid = () => crypto.randomUUID();
const clock = () => formatClock(Date.now(), counter++ & 0xffff, '00000000000a');

/** One device as the server sees it. */
class Sender {
  readonly clientId = uuid();
  n = 0;
  constructor(readonly person: TestPerson) {}

  async send(...transactions: Partial<Operation>[][]) {
    return await this.raw({
      transactions: transactions.map((operations) => ({
        n: ++this.n,
        operations: operations.map((o) => ({ set: {}, was: {}, clock: clock(), ...o })),
      })),
    });
  }
  async raw(body: object) {
    return await this.person.json<WriteResponse & { error?: { kind: string; detail?: unknown } }>(
      'POST',
      '/api/write',
      { protocol: PROTOCOL, clientId: this.clientId, serverId: null, acknowledged: 0, ...body },
    );
  }
  /** Statuses or kinds of refusal of the only transaction. */
  async verdicts(...operations: Partial<Operation>[]): Promise<string[]> {
    const { status, body } = await this.send(operations);
    expect(status).toBe(200);
    return body.answers[0]!.verdicts.map((v) => (v.status === 'refused' ? v.kind : v.status));
  }
}

const insertTask = (id: string, more: object = {}): Partial<Operation> => ({
  kind: 'insert',
  table: 'task',
  id,
  set: { workspace_id: workspaceId, project_id: projectId, title: 'A task', position: 'a0', ...more },
});

beforeEach(async () => {
  projectId = uuid();
  const key = `K${projectId.slice(0, 7).toUpperCase()}`;
  const made = await new Sender(ada).verdicts({
    kind: 'insert',
    table: 'project',
    id: projectId,
    set: { workspace_id: workspaceId, key, name: 'Ops', position: 'a0' },
  });
  expect(made).toEqual(['applied']);
});

describe('counters', () => {
  test('W2: a repeated transaction gets the same verdicts and takes effect once', async () => {
    const sender = new Sender(ada);
    const id = uuid();
    const transaction = { n: 1, operations: [{ set: {}, was: {}, clock: clock(), ...insertTask(id) }] };
    const first = await sender.raw({ transactions: [transaction] });
    const update = {
      n: 2,
      operations: [{ kind: 'update', table: 'task', id, set: { title: 'B' }, was: {}, clock: clock() }],
    };
    await sender.raw({ transactions: [transaction, update] });
    const again = await sender.raw({ transactions: [transaction, update] });
    expect(again.body.answers[0]).toEqual(first.body.answers[0]);
    const { rows } = await api.pool.query('select title from task where id = $1', [id]);
    expect(rows).toEqual([{ title: 'B' }]);
  });

  test('W2: a gap is refused and says what is expected', async () => {
    const sender = new Sender(ada);
    sender.n = 4;
    const { status, body } = await sender.send([insertTask(uuid())]);
    expect(status).toBe(409);
    expect(body.error).toMatchObject({ kind: 'gap', detail: { expected: 1 } });
  });

  test('W2: a gap in the middle answers what came before it', async () => {
    const sender = new Sender(ada);
    const operations = () => [{ set: {}, was: {}, clock: clock(), ...insertTask(uuid()) }];
    const { status, body } = await sender.raw({
      transactions: [
        { n: 1, operations: operations() },
        { n: 3, operations: operations() },
      ],
    });
    expect(status).toBe(200);
    expect(body.answers.map((a) => a.n)).toEqual([1]);
  });

  test('W2: a counter used for other content is a fork', async () => {
    const sender = new Sender(ada);
    await sender.send([insertTask(uuid())]);
    sender.n = 0;
    const { status, body } = await sender.send([insertTask(uuid())]);
    expect([status, body.error?.kind]).toEqual([409, 'fork']);
  });

  test('W2: a client id belongs to one person, a server id to one database', async () => {
    const sender = new Sender(ada);
    await sender.send([insertTask(uuid())]);
    const stolen = await guest.json<{ error: { kind: string } }>('POST', '/api/write', {
      protocol: PROTOCOL,
      clientId: sender.clientId,
      serverId: null,
      acknowledged: 0,
      transactions: [{ n: 2, operations: [{ set: {}, was: {}, clock: clock(), ...insertTask(uuid()) }] }],
    });
    expect(stolen.body.error.kind).toBe('fork');
    const elsewhere = await sender.raw({ serverId: uuid(), transactions: [] });
    expect(elsewhere.body.error?.kind).toBe('fork');
  });

  test('W2: two requests of one client at the same time still apply each transaction once', async () => {
    const sender = new Sender(ada);
    const id = uuid();
    const transactions = [
      { n: 1, operations: [{ set: {}, was: {}, clock: clock(), ...insertTask(id) }] },
      ...Array.from({ length: 10 }, (_, i) => ({
        n: i + 2,
        operations: [
          { kind: 'update', table: 'task', id, set: { priority: i % 5 }, was: {}, clock: clock() },
        ],
      })),
    ];
    const both = await Promise.all([1, 2, 3].map(() => sender.raw({ transactions })));
    for (const one of both) expect(one.body.answers).toEqual(both[0]!.body.answers);
    const { rows } = await api.pool.query('select last_n from sync.client where id = $1', [sender.clientId]);
    expect(rows).toEqual([{ last_n: '11' }]);
  });

  test('W2: acknowledged answers are forgotten', async () => {
    const sender = new Sender(ada);
    await sender.send([insertTask(uuid())], [insertTask(uuid())]);
    await sender.raw({ acknowledged: 1, transactions: [] });
    const { rows } = await api.pool.query('select n from sync.answer where client_id = $1', [
      sender.clientId,
    ]);
    expect(rows).toEqual([{ n: '2' }]);
  });
});

describe('operations', () => {
  test('W3, W4: one verdict each; a refused one leaves its transaction otherwise whole', async () => {
    const [one, two] = [uuid(), uuid()];
    expect(
      await new Sender(ada).verdicts(
        insertTask(one),
        insertTask(uuid(), { title: '' }),
        insertTask(uuid(), { project_id: uuid() }),
        { kind: 'update', table: 'task', id: uuid(), set: { title: 'x' } },
        { kind: 'update', table: 'task', id: one, set: { status: 'doing' } },
        insertTask(two),
      ),
    ).toEqual(['applied', 'invalid', 'parent-missing', 'unknown-row', 'applied', 'applied']);
    const both = 'select status from task where id = any($1) order by status';
    const { rows } = await api.pool.query(both, [[one, two]]);
    expect(rows).toEqual([{ status: 'doing' }, { status: 'todo' }]);
  });

  test('W5: a refusal names the rule in words, never SQL', async () => {
    const { body } = await new Sender(ada).send([insertTask(uuid(), { priority: 9 })]);
    expect(body.answers[0]!.verdicts[0]).toEqual({
      status: 'refused',
      kind: 'invalid',
      rule: 'task_priority_range',
      sentence: 'A priority is a number from 0 to 4.',
    });
  });

  test('A2: tables, columns and rows that are not the writer’s are refused', async () => {
    const theirs = uuid();
    await new Sender(ada).verdicts(insertTask(theirs));
    expect(
      await new Sender(outsider).verdicts(
        insertTask(uuid()),
        { kind: 'update', table: 'task', id: theirs, set: { title: 'mine' } },
        { kind: 'delete', table: 'task', id: theirs },
        insertTask(theirs, { workspace_id: elsewhereId }),
        insertTask(uuid(), { workspace_id: elsewhereId }),
        { kind: 'update', table: 'member', id: memberIds.owner, set: { role: 'guest' } },
        { kind: 'update', table: 'sync.client', id: uuid(), set: { last_n: 1 } },
      ),
    ).toEqual([
      'forbidden',
      'unknown-row',
      'unknown-row',
      'forbidden',
      'parent-missing',
      'unknown-row',
      'unknown-table',
    ]);
    expect(
      await new Sender(ada).verdicts(
        { kind: 'update', table: 'member', id: memberIds.owner, set: { role: 'owner' } },
        { kind: 'insert', table: 'member', id: uuid(), set: { workspace_id: workspaceId, role: 'owner' } },
        { kind: 'update', table: 'task', id: theirs, set: { workspace_id: elsewhereId } },
        { kind: 'update', table: 'task', id: theirs, set: { version: 99 } },
        insertTask(uuid(), { author_id: memberIds.guest }),
      ),
    ).toEqual(['forbidden', 'forbidden', 'unknown-column', 'unknown-column', 'forbidden']);
  });

  test('A2: a guest reads', async () => {
    const id = uuid();
    await new Sender(ada).verdicts(insertTask(id));
    expect(
      await new Sender(guest).verdicts(insertTask(uuid()), {
        kind: 'update',
        table: 'task',
        id,
        set: { title: 'x' },
      }),
    ).toEqual(['forbidden', 'forbidden']);
  });

  test('A2: a comment is its author’s; a notice is its person’s', async () => {
    const member = await api.person('Mia');
    const { memberId: miaMember } = await join(ada, member, workspaceId, 'member');
    const [taskId, commentId] = [uuid(), uuid()];
    const mia = new Sender(member);
    await mia.verdicts(insertTask(taskId), {
      kind: 'insert',
      table: 'comment',
      id: commentId,
      set: { workspace_id: workspaceId, task_id: taskId, body: 'Mine', author_id: miaMember },
    });
    const edit = { kind: 'update' as const, table: 'comment', id: commentId, set: { body: 'Forged' } };
    expect(await new Sender(ada).verdicts(edit)).toEqual(['forbidden']);
    expect(await mia.verdicts({ ...edit, set: { body: 'Mended' } })).toEqual(['applied']);
    expect(await new Sender(ada).verdicts({ kind: 'delete', table: 'comment', id: commentId })).toEqual([
      'applied',
    ]);

    await mia.verdicts({ kind: 'update', table: 'task', id: taskId, set: { title: 'New' } });
    // From another device of hers: of one device, what was written later stands (M4).
    await new Sender(member).send([
      {
        kind: 'update',
        table: 'task',
        id: taskId,
        set: { title: 'Old' },
        clock: formatClock(1, 0, '00000000000b'),
      },
    ]);
    const { rows } = await api.pool.query('select id from notice where row_id = $1', [taskId]);
    const resolve = {
      kind: 'update' as const,
      table: 'notice',
      id: rows[0].id,
      set: { resolved_at: '2026-01-01T00:00:00Z' },
    };
    expect(await new Sender(ada).verdicts(resolve)).toEqual(['forbidden']);
    expect(await mia.verdicts({ ...resolve, set: { kind: 'lost' } }, resolve)).toEqual([
      'unknown-column',
      'applied',
    ]);
  });

  test('M2: a clock far ahead wins only until the server’s own time', async () => {
    const id = uuid();
    const sender = new Sender(ada);
    await sender.verdicts(insertTask(id));
    const ahead = formatClock(Date.now() + 9e9, 0, '00000000000c');
    expect(
      await sender.verdicts({ kind: 'update', table: 'task', id, set: { title: 'Ahead' }, clock: ahead }),
    ).toEqual(['applied']);
    await api.pool.query('select pg_sleep(0.005)');
    expect(await sender.verdicts({ kind: 'update', table: 'task', id, set: { title: 'Later' } })).toEqual([
      'applied',
    ]);
    const { rows } = await api.pool.query('select title from task where id = $1', [id]);
    expect(rows).toEqual([{ title: 'Later' }]);
  });
});

describe('bodies', () => {
  test('W5: malformed, oversize and foreign requests get a closed kind, never a 5xx', async () => {
    const cases: [unknown, string][] = [
      [null, 'malformed'],
      [[], 'malformed'],
      [{}, 'malformed'],
      [{ protocol: PROTOCOL, clientId: 'x', serverId: null, acknowledged: 0, transactions: [] }, 'malformed'],
      [{ protocol: 99, clientId: uuid(), serverId: null, acknowledged: 0, transactions: [] }, 'protocol'],
      [
        { protocol: PROTOCOL, clientId: uuid(), serverId: null, acknowledged: 0, transactions: [{ n: 'x' }] },
        'malformed',
      ],
      [
        { protocol: PROTOCOL, clientId: uuid(), serverId: null, acknowledged: 0, transactions: [null] },
        'malformed',
      ],
      [{ protocol: PROTOCOL, clientId: uuid(), blob: 'x'.repeat(limits.bodyBytes) }, 'too-large'],
    ];
    for (const [body, kind] of cases) {
      const answer = await ada.json<{ error: { kind: string } }>('POST', '/api/write', body);
      expect([answer.status < 500, answer.body.error.kind]).toEqual([true, kind]);
    }
    const unsigned = await api.stranger.json<{ error: { kind: string } }>('POST', '/api/write', {});
    expect(unsigned.body.error.kind).toBe('signed-out');
  });

  test('A2: a device of one person does not speak with the session of another', async () => {
    const request = {
      protocol: PROTOCOL,
      clientId: uuid(),
      serverId: null,
      acknowledged: 0,
      transactions: [],
    };
    const as = (person: string) => ada.call('POST', '/api/write', request, { [PERSON_HEADER]: person });
    const session = await ada.json<{ user: { id: string } }>('GET', '/api/session');
    expect((await as(session.body.user.id)).status).toBe(200);
    expect((await as('somebody else')).status).toBe(401);
  });

  test('W5: text that Postgres cannot hold is refused, text that only looks like it is stored', async () => {
    const id = uuid();
    const look = 'a \\u0000 and a \\ud800 in words';
    expect(
      await new Sender(ada).verdicts(
        insertTask(uuid(), { title: 'nul \u0000' }),
        insertTask(uuid(), { title: 'half \ud800' }),
        insertTask(id, { title: look }),
      ),
    ).toEqual(['invalid', 'invalid', 'applied']);
    const { rows } = await api.pool.query('select title from task where id = $1', [id]);
    expect(rows).toEqual([{ title: look }]);
  });

  test('W3, W5: any operations at all get one verdict each', async () => {
    const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(uuid()), fc.constant(workspaceId));
    const operation = fc.record({
      kind: fc.oneof(fc.constantFrom('insert', 'update', 'delete'), fc.string()),
      table: fc.oneof(
        fc.constantFrom('task', 'project', 'label', 'comment', 'task_label', 'notice'),
        fc.string(),
      ),
      id: fc.oneof(fc.uuid(), fc.constant(projectId), fc.string()),
      set: fc.oneof(
        fc.dictionary(
          fc.constantFrom('workspace_id', 'title', 'project_id', 'priority', 'due_on', 'name'),
          junk,
        ),
        junk,
      ),
      was: fc.oneof(fc.dictionary(fc.string(), junk), junk),
      clock: fc.oneof(fc.constant(clock()), fc.constant('ffffffffffff-ffff-ffffffffffff'), fc.string()),
    });
    const transactions = fc.array(fc.oneof(operation, fc.jsonValue()), { maxLength: 6 });
    const sender = new Sender(ada);
    await fc.assert(
      fc.asyncProperty(transactions, async (operations) => {
        sender.n++;
        const { status, body } = await sender.raw({ transactions: [{ n: sender.n, operations }] });
        expect(status).toBe(200);
        expect(body.answers[0]!.verdicts).toHaveLength(operations.length);
      }),
      { numRuns: 150 },
    );
  });
});
