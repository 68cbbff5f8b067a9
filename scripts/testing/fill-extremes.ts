// Fills a workspace of a running server with a row for each extreme of each column, over HTTP, as a person's device would:
// fill-extremes.ts <url> <workspace> <email> <password>. Prints what it made as JSON.
import { randomUUID } from 'node:crypto';
import { formatClock } from '../../db/sync/clock';
import { PROTOCOL, type Verdict, type WriteResponse } from '../../db/sync/wire';
import { type TableName, tableNames, tables } from '../../db/tables';
import { postgresText, updateSaying } from './document';
import { Extremes, type Row } from './extremes';

const [url = '', workspace_id = '', email = '', password = ''] = process.argv.slice(2);
const headers = { cookie: '', origin: url, 'content-type': 'application/json' };
const signedIn = await fetch(`${url}/api/auth/sign-in/email`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ email, password }),
});
headers.cookie = signedIn.headers
  .getSetCookie()
  .map((one) => one.split(';')[0])
  .join('; ');
const clientId = randomUUID();
let n = 0;

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const send = () =>
    fetch(url + path, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
  // The server has ended a connection that this program was too busy to notice; all that it asks can be asked twice.
  const response = await send().catch(send);
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

interface Made {
  readonly kind: 'insert' | 'update';
  readonly table: string;
  readonly id: string;
  readonly set: Row;
  readonly clock?: string;
}

/** One transaction for each. @returns verdicts in order */
async function write(made: readonly Made[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let from = 0; from < made.length; from += 20) {
    const transactions = made.slice(from, from + 20).map((one) => ({
      n: ++n,
      operations: [{ was: {}, clock: formatClock(Date.now(), n & 0xffff, clientId.slice(-12)), ...one }],
    }));
    const { answers } = await ask<WriteResponse>('/api/write', {
      protocol: PROTOCOL,
      clientId,
      serverId: null,
      acknowledged: 0,
      transactions,
    });
    verdicts.push(...answers.flatMap((answer) => answer.verdicts));
  }
  return verdicts;
}

const session = await ask<{ user: { id: string } }>('/api/session');
const user_id = session.user.id;
const ids = { project: randomUUID(), task: randomUUID(), label: randomUUID(), resource: randomUUID() };
const [item, place, page] = [randomUUID(), randomUUID(), randomUUID()];
const today = new Date().setUTCHours(0, 0, 0, 0);
const hour = 3_600_000;
const hours = (i: number) =>
  `[${new Date(today + i * hour).toISOString()},${new Date(today + (i + 1) * hour).toISOString()})`;

/** What must be given; the extremes change one column each. */
const bases: Partial<Record<TableName, () => Row>> = {
  project: () => ({ workspace_id, key: 'X', name: 'Extremes', position: 'a0', archived: false }),
  label: () => ({ workspace_id, name: 'label', color: '#0f766e' }),
  task: () => ({
    workspace_id,
    project_id: ids.project,
    title: 'Task',
    description: '',
    status: 'todo',
    position: 'a0',
    priority: 0,
  }),
  comment: () => ({ workspace_id, task_id: ids.task, body: 'Comment', author: '' }),
  resource: () => ({
    workspace_id,
    kind: 'room',
    name: 'Room',
    color: '#0f766e',
    position: 'a0',
    capacity: 1,
    open_days: 127,
  }),
  booking: () => ({
    workspace_id,
    resource_id: ids.resource,
    user_id,
    author: 'Ada',
    title: 'Booking',
    notes: '',
    during: hours(1),
    status: 'confirmed',
  }),
  stock_item: () => ({ workspace_id, name: 'Item', unit: '', notes: '', minimum: 1, archived: false }),
  stock_place: () => ({ workspace_id, name: 'Place', archived: false }),
  page: () => ({ workspace_id, title: 'Page', icon: '', position: 'a0', archived: false }),
  page_favourite: () => ({ workspace_id, user_id, page_id: page, position: 'a0' }),
};
const parents: Made[] = (
  [
    ['project', ids.project],
    ['label', ids.label],
    ['task', ids.task],
    ['resource', ids.resource],
    ['stock_item', item],
    ['stock_place', place],
    ['page', page],
  ] as const
).map(([table, id]) => ({
  kind: 'insert',
  table,
  id,
  set: { ...bases[table]!(), ...(table === 'task' ? { title: 'Parent' } : {}) },
}));
await write(parents);

const extremes = await Extremes.open();
const made: Made[] = [];
const whats: string[] = [];
let slot = 0;

/** What keeps rows of a table apart, where it is not the extreme itself: names, keys, and for bookings an hour of their own. */
function apart(table: TableName, column: string): Row {
  if (table === 'booking')
    return column === 'during' ? {} : { during: hours(made.filter((one) => one.table === 'booking').length) };
  if (table === 'project') return column === 'key' ? {} : { key: `X${slot}` };
  if (table === 'page_favourite') {
    const pages = made.filter((one) => one.table === 'page');
    return { page_id: pages[slot % pages.length]!.id };
  }
  const named = ['label', 'resource', 'stock_item', 'stock_place'].includes(table) && column !== 'name';
  return named ? { name: `${table} ${slot}` } : {};
}

for (const table of tableNames) {
  const base = bases[table];
  if (!base) continue;
  const columns = tables[table].insertable.filter((c) => !/(^|_)id$/.test(c));
  for (const { column, what, row } of await extremes.of(table, base(), columns)) {
    slot++;
    made.push({ kind: 'insert', table, id: randomUUID(), set: { ...row, ...apart(table, column) } });
    whats.push(`${table}.${column}: ${what}`);
  }
}
await extremes.close();
const verdicts = await write(made);
const done = made.filter((_, i) => verdicts[i]!.status !== 'refused');

// What lost in a merge is kept as it was sent: any JSON at all is in a notice.
const before = formatClock(Date.now() - 86_400_000, 0, clientId.slice(-12));
const odd: [string, string, Row][] = [
  ...[
    null,
    12,
    { a: [1] },
    ['x'],
    '\u202Eabc',
    'W'.repeat(5_000),
    '20261-01-01',
    'infinity',
    '',
    '[,)',
    '[290000-01-01,290000-01-02)',
  ].map((value): [string, string, Row] => [
    'task',
    ids.task,
    { title: value, due_on: value, status: value, priority: value, description: value },
  ]),
];
const someBooking = done.find(({ table }) => table === 'booking')!;
for (const value of ['[,)', 'x', '[290000-01-01,290000-01-02)', 5, { a: 1 }]) {
  odd.push(['booking', someBooking.id, { during: value, people: value, notes: value }]);
}
await write(odd.map(([table, id, set]) => ({ kind: 'update', table, id, set, clock: before })));

// Labels on one task, a body, and stock up to the most.
await write(
  done
    .filter(({ table }) => table === 'label')
    .map(({ id }) => ({
      kind: 'insert',
      table: 'task_label',
      id: randomUUID(),
      set: { workspace_id, task_id: ids.task, label_id: id },
    })),
);
const text = [
  'W'.repeat(3_000),
  '\u202Eשלום',
  'Z\u0351\u036b\u0343'.repeat(300),
  '\u0001\u200b',
  '👩‍👩‍👧‍👦'.repeat(300),
].join(' ');
await write([
  {
    kind: 'insert',
    table: 'document_update',
    id: randomUUID(),
    set: { workspace_id, document_id: page, update: postgresText(updateSaying(text)), compacted: 0 },
  },
]);
for (const itemId of [item, ...done.filter(({ table }) => table === 'stock_item').map(({ id }) => id)].slice(
  0,
  12,
)) {
  await ask('/api/stock/movements', {
    workspaceId: workspace_id,
    id: randomUUID(),
    itemId,
    toId: place,
    quantity: 1_000_000_000,
    reason: 'W'.repeat(500),
  });
}
/** Ids of the rows that have an extreme in one of these columns. */
function named(table: string, columns: RegExp): string[] {
  return done
    .filter((one) => one.table === table && columns.test(whats[made.indexOf(one)]!.split(':')[0]!))
    .map(({ id }) => id);
}

console.log(
  JSON.stringify({
    ids: { ...ids, item, place, page },
    rows: done.length,
    refused: whats.filter((_, i) => verdicts[i]!.status === 'refused'),
    counts: Object.fromEntries(
      tableNames.map((table) => [table, done.filter((one) => one.table === table).length]),
    ),
    tasks: named('task', /title|description/),
    pages: named('page', /title|icon/),
    resources: done.filter(({ table }) => table === 'resource').map(({ id }) => id),
  }),
);
