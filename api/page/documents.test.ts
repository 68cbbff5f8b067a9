// Updates of bodies at the write API, and compaction, against a real Postgres.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEncoder, toUint8Array, writeUint8, writeVarString, writeVarUint } from 'lib0/encoding';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { updateFault } from '../../db/page/update';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { addParagraph, bodyText, postgresText, textIn, updateSaying } from '../../scripts/testing/document';
import { hostileUpdates } from '../../scripts/testing/hostile';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';
import { Checks, faultsOf } from './faults';
import { DocumentKeeper } from './keeper';
import { tendDocument } from './tend';
import { DocumentThread } from './thread';

let api: TestApi;
let ada: TestPerson;
let writer: Writer;
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  writer = new Writer(ada);
  workspaceId = (await foundWorkspace(ada)).workspaceId;
});
afterAll(() => api.stop());

const uuid = () => crypto.randomUUID();
const row = (documentId: string, update: Uint8Array, more: object = {}) => ({
  table: 'document_update',
  id: uuid(),
  set: { workspace_id: workspaceId, document_id: documentId, update: postgresText(update), ...more },
});

async function stored(documentId: string, workspace = workspaceId): Promise<Uint8Array[]> {
  const { rows } = await api.pool.query<{ update: Uint8Array }>(
    'select update from document_update where document_id = $1 and workspace_id = $2',
    [documentId, workspace],
  );
  return rows.map((r) => r.update);
}

/** Behind the server's back, so that only the test tends it. */
async function insert(documentId: string, ...updates: Uint8Array[]): Promise<void> {
  await api.pool.query(
    `insert into document_update (id, workspace_id, document_id, update)
     select gen_random_uuid(), $1, $2, u from unnest($3::bytea[]) u`,
    [workspaceId, documentId, updates.map((u) => Buffer.from(u))],
  );
}

async function storedText(documentId: string): Promise<string> {
  const doc = new Y.Doc();
  for (const update of await stored(documentId)) Y.applyUpdate(doc, update);
  return textIn(doc);
}

/** Updates of somebody who types letter by letter. */
function typing(text: string): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  addParagraph(doc);
  const run = bodyText(doc);
  for (const letter of text) run.insert(run.length, letter);
  return updates;
}

describe('updates that are written', () => {
  const hostile: Record<string, Uint8Array> = {
    'no bytes of an update': Buffer.from('hello'),
    'an update that ends early': updateSaying('mast').slice(0, 12),
    'a count of structs that no memory holds': Buffer.from([1, 255, 255, 255, 255, 15, 1, 0]),
    'deep nesting of values': Buffer.concat([
      Buffer.from([1, 1, 1, 0, 8, 1, 1, 120, 1]),
      Buffer.alloc(200_000, Buffer.from([117, 1])),
      Buffer.from([126, 0]),
    ]),
    'a length that would block clocks for ever': Buffer.from([1, 1, 1, 0, 0, 255, 255, 255, 255, 255, 31, 0]),
  };

  // The threads for large requests and large updates are there: what is timed is the update, not their start.
  beforeAll(async () => {
    const large = row(uuid(), updateSaying('x'.repeat(200_000)));
    expect(await writer.write(large)).toMatchObject([{ status: 'applied' }]);
  });

  test.each(Object.keys(hostile))('A2: refused: %s', async (name) => {
    const id = uuid();
    const good = row(id, updateSaying('good'));
    const began = performance.now();
    const verdicts = await writer.write(row(id, hostile[name]!), good);
    expect(verdicts).toMatchObject([
      { status: 'refused', kind: 'invalid', rule: 'document_update_form' },
      { status: 'applied' },
    ]);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await storedText(id)).toBe('good');
  });

  test('A2: refused: what is no text of bytes, what is too large, what says it is compacted', async () => {
    const id = uuid();
    const update = postgresText(updateSaying('x'));
    const verdicts = await writer.write(
      row(id, new Uint8Array(), { update: 'x' }),
      row(id, new Uint8Array(), { update: 7 }),
      row(id, new Uint8Array(), { update: '\\x' }),
      row(id, new Uint8Array(), { update: `\\x${'00'.repeat(4_000_001)}` }),
      row(id, new Uint8Array(), { update, compacted: 3 }),
      row('not an id', new Uint8Array(), { update }),
    );
    expect(verdicts.map((v) => v.status === 'refused' && v.kind)).toEqual([
      ...['invalid', 'invalid', 'invalid', 'too-large', 'invalid', 'invalid'],
    ]);
    expect(await stored(id)).toEqual([]);
  });

  test('D1: an update stays as it was made: neither changed, nor deleted, nor written over', async () => {
    const id = uuid();
    const first = row(id, updateSaying('first'));
    await writer.write(first);
    const other = { ...first, set: row(id, updateSaying('other')).set };
    const verdicts = await writer.write(
      other,
      { ...first, kind: 'update', set: { update: other.set.update } },
      { ...first, kind: 'delete', set: {} },
      first,
    );
    expect(verdicts.map((v) => v.status)).toEqual(['refused', 'refused', 'refused', 'applied']);
    expect(await storedText(id)).toBe('first');
  });

  test('A2: a guest does not write; another workspace’s document gives and takes nothing', async () => {
    const guest = await api.person('Gus');
    await join(ada, guest, workspaceId, 'guest');
    const stranger = await api.person('Eve');
    const { workspaceId: elsewhere } = await foundWorkspace(stranger, 'Elsewhere');
    const id = uuid();
    await writer.write(
      { table: 'page', id, set: { workspace_id: workspaceId, title: 'Plans', position: 'a0' } },
      row(id, updateSaying('ours')),
    );
    const eve = new Writer(stranger);
    expect(await new Writer(guest).write(row(id, updateSaying('guest')))).toMatchObject([
      { kind: 'forbidden' },
    ]);
    expect(await eve.write(row(id, updateSaying('eve')))).toMatchObject([{ kind: 'forbidden' }]);
    // In one's own workspace it is another document of the same number.
    expect(await eve.write(row(id, updateSaying('eve'), { workspace_id: elsewhere }))).toMatchObject([
      { status: 'applied' },
    ]);
    for (let i = 0; i < 4; i++) await eve.write(row(id, updateSaying('more'), { workspace_id: elsewhere }));
    expect(
      await tendDocument(api.pool, { workspaceId: elsewhere, documentId: id }, { rows: 1, bytes: 1 }),
    ).toBe(5);
    expect(await storedText(id)).toBe('ours');
    expect(await eve.write({ kind: 'update', table: 'page', id, set: { title: 'x' } })).toMatchObject([
      { kind: 'unknown-row' },
    ]);
  });

  test('A2: pages are not deleted, favourites are one’s own, versions are named and kept', async () => {
    const ben = await api.person('Ben');
    await join(ada, ben, workspaceId, 'member');
    const { body } = await ben.json<{ user: { id: string } }>('GET', '/api/session');
    const bens = new Writer(ben);
    const page = uuid();
    const star = { table: 'page_favourite', id: uuid() };
    const version = { table: 'document_version', id: uuid() };
    await writer.write(
      { table: 'page', id: page, set: { workspace_id: workspaceId, position: 'a0' } },
      {
        ...version,
        set: { workspace_id: workspaceId, document_id: page, state: postgresText(updateSaying('then')) },
      },
    );
    const favourite = { workspace_id: workspaceId, user_id: body.user.id, page_id: page, position: 'a0' };
    const asked = [
      await writer.write({ ...star, set: favourite }),
      await bens.write({ ...star, set: favourite }),
      await writer.write({ ...star, kind: 'delete', set: {} }),
      await bens.write({ ...star, kind: 'delete', set: {} }),
      await bens.write({ table: 'page', id: page, kind: 'delete', set: {} }),
      await bens.write({ ...version, kind: 'update', set: { name: 'Before the storm' } }),
      await bens.write({ ...version, kind: 'update', set: { state: '\\x0000' } }),
      await bens.write({ ...version, kind: 'delete', set: {} }),
    ];
    expect(asked.map(([v]) => (v?.status === 'refused' ? v.kind : v?.status))).toEqual([
      ...['forbidden', 'applied', 'unknown-row', 'applied', 'forbidden', 'applied'],
      ...['unknown-column', 'forbidden'],
    ]);
  });
});

test('A2: reading large updates holds up nobody else', async () => {
  // Of the form that takes longest to read: values with a name each.
  const to = createEncoder();
  for (const n of [1, 1, 5, 0]) writeVarUint(to, n);
  writeUint8(to, 0x88);
  for (const n of [6, 0, 1, 118, 120_000]) writeVarUint(to, n);
  for (let i = 0; i < 120_000; i++) {
    writeVarString(to, i.toString(36).padStart(4, '0'));
    writeVarUint(to, 120);
  }
  writeVarUint(to, 0);
  const update = toUint8Array(to);
  const thread = new DocumentThread();
  const checks = { small: new Checks(thread), large: new Checks(thread) };
  await faultsOf([update], 'ada', checks);
  const began = performance.now();
  expect(updateFault(update)).toBeNull();
  const inPlace = performance.now() - began;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  expect(await faultsOf([update, update, update], 'ada', checks)).toEqual([null, null, null]);
  delay.disable();
  expect(delay.max / 1e6).toBeLessThan(inPlace / 2);
  const impatient = new DocumentThread(20);
  const hasty = { small: new Checks(thread), large: new Checks(impatient) };
  expect(await faultsOf([updateSaying('x'), update], 'ada', hasty)).toEqual([null, 'too-large']);
  thread.close();
  impatient.close();
});

describe('compaction', () => {
  test('D2: many updates become one that holds the same, in a fraction of the bytes', async () => {
    const id = uuid();
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(5);
    await writer.write(...typing(text).map((update) => row(id, update)));
    const before = (await stored(id)).reduce((sum, u) => sum + u.byteLength, 0);
    const keeper = new DocumentKeeper(api.pool, () => {}, 0);
    keeper.touched([{ workspaceId, documentId: id }]);
    await keeper.idle();
    const after = await stored(id);
    expect(after).toHaveLength(1);
    expect(after[0]!.byteLength).toBeLessThan(before / 10);
    expect(await storedText(id)).toBe(text);
    const found = await api.pool.query<{ body: string }>(
      "select body from sync.document_text where search @@ to_tsquery('simple', 'fox & lazy') and document_id = $1",
      [id],
    );
    expect(found.rows[0]?.body).toBe(text.trim());
    const left =
      await api.pool.query(`select from sync.register where "table" = 'document_update' and id not in
      (select id from document_update)`);
    expect(left.rowCount).toBe(0);
  });

  test('D2: writers who race with compaction lose nothing', async () => {
    const id = uuid();
    const writers = Array.from({ length: 4 }, () => new Writer(ada));
    const texts = writers.map((_, i) => `${i}`.repeat(60));
    let writing = true;
    let compacted = 0;
    const compact = async () => {
      while (writing) {
        compacted += await tendDocument(api.pool, { workspaceId, documentId: id }, { rows: 2, bytes: 1e9 });
      }
    };
    const write = async (w: Writer, text: string) => {
      for (const update of typing(text)) await w.write(row(id, update));
    };
    const compacting = [compact(), compact()];
    await Promise.all(writers.map((w, i) => write(w, texts[i]!)));
    writing = false;
    await Promise.all(compacting);
    expect(compacted).toBeGreaterThan(50);
    expect((await storedText(id)).split('\n').sort()).toEqual(texts);
  }, 120_000);

  test('D2: an update whose predecessor has not come is kept through compaction', async () => {
    const id = uuid();
    const updates = typing('abcdef');
    const late = updates.splice(3, 1)[0]!;
    await writer.write(...updates.map((update) => row(id, update)));
    expect(await tendDocument(api.pool, { workspaceId, documentId: id }, { rows: 1, bytes: 1 })).toBe(6);
    await writer.write(row(id, late));
    expect(await storedText(id)).toBe('abcdef');
    expect(await tendDocument(api.pool, { workspaceId, documentId: id }, { rows: 0, bytes: 1 })).toBe(2);
    expect(await storedText(id)).toBe('abcdef');
  });

  test('D2: what a server left undone is done by the next one', async () => {
    const id = uuid();
    await insert(id, ...typing('x'.repeat(150)));
    const keeper = new DocumentKeeper(api.pool, () => {}, 0);
    await keeper.catchUp();
    await keeper.idle();
    expect(await stored(id)).toHaveLength(1);
    expect(await storedText(id)).toBe('x'.repeat(150));
  });

  test('D2: a document that takes too long to put together holds up nobody, and loses nothing', async () => {
    const [costly, other] = [uuid(), uuid()];
    const hostile = hostileUpdates(300, 60);
    expect(hostile.filter((update) => updateFault(update) !== null)).toEqual([]);
    await insert(costly, ...hostile);
    await insert(other, ...typing('x'.repeat(150)));

    const logged: string[] = [];
    const thread = new DocumentThread(1_500);
    const keeper = new DocumentKeeper(api.pool, (line) => logged.push(line), 0, thread);
    const pauses: number[] = [];
    let done = false;
    keeper.touched([costly, other].map((documentId) => ({ workspaceId, documentId })));
    const idle = keeper.idle().then(() => {
      done = true;
    });
    while (!done) {
      const asked = performance.now();
      expect((await ada.call('GET', '/api/session')).status).toBe(200);
      pauses.push(performance.now() - asked);
    }
    await idle;
    // It was answered all the time, and never waited for the thread.
    expect(pauses.length).toBeGreaterThan(10);
    expect(Math.max(...pauses)).toBeLessThan(1_000);
    expect(await stored(other)).toHaveLength(1);
    expect(await storedText(other)).toBe('x'.repeat(150));
    expect(logged).toEqual([expect.stringContaining(costly)]);

    const bytes = (updates: Uint8Array[]) => updates.map((u) => Buffer.from(u).toString('hex')).sort();
    expect(bytes(await stored(costly))).toEqual(bytes(hostile));
    const noted = async () => {
      const { rows } = await api.pool.query<{ too_costly: number; pause: number; version: string }>(
        `select too_costly, version, extract(epoch from retry_at - now())::float as pause from sync.document_text
          where document_id = $1`,
        [costly],
      );
      return rows[0]!;
    };
    expect((await noted()).too_costly).toBe(1);

    // Nothing was written: it is not tried. Something was: when the pause is over, which then is longer.
    expect(await tendDocument(api.pool, { workspaceId, documentId: costly }, undefined, thread)).toBe(0);
    await insert(costly, updateSaying('more'));
    const again = () => tendDocument(api.pool, { workspaceId, documentId: costly }, undefined, thread);
    await expect(again()).rejects.toMatchObject({ name: 'Postponed', isNews: false });
    expect((await noted()).too_costly).toBe(1);
    const pause = (seconds: number) =>
      api.pool.query(
        'update sync.document_text set retry_at = now() + make_interval(secs => $2) where document_id = $1',
        [costly, seconds],
      );
    await pause(1);
    const second = new DocumentKeeper(api.pool, (line) => logged.push(line), 0, new DocumentThread(1_500));
    await second.catchUp();
    await until('it was tried again', async () => (await noted()).too_costly === 2);
    expect((await noted()).pause).toBeGreaterThan(200);
    expect(await stored(costly)).toHaveLength(301);

    // What is not too costly after all is put together then.
    await api.pool.query('delete from document_update where document_id = $1', [costly]);
    await insert(costly, updateSaying('again'));
    await pause(0);
    await again();
    expect(await noted()).toMatchObject({ too_costly: 0, pause: null });
    // It was told once.
    expect(logged).toHaveLength(1);
    await Promise.all([keeper.close(), second.close()]);
  });
});
