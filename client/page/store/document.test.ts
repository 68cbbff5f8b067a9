// Page bodies on real devices, the real API and the real shape server: what is typed on one is there on the others.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../scripts/testing/api';
import type { Device } from '../../../scripts/testing/device';
import { addParagraph, textIn, type } from '../../../scripts/testing/document';
import { openStation, type Station } from '../../../scripts/testing/station';
import { until } from '../../../scripts/testing/until';
import { type DocumentHandle, openDocument } from './document';

let api: TestApi;
let station: Station;
let a: Device;
let b: Device;
let handles: DocumentHandle[] = [];

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
  [a, b] = await Promise.all([station.device(station.ada), station.device(station.ben)]);
});
afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.close()));
  handles = [];
  await station.close();
});

async function page(on: Device, title = 'Notes'): Promise<string> {
  const id = crypto.randomUUID();
  await on.write(
    "insert into page (id, workspace_id, title, position) values ($1, $2, $3, 'a0')",
    id,
    station.workspaceId,
    title,
  );
  return id;
}

async function open(on: Device, documentId: string): Promise<DocumentHandle> {
  const handle = openDocument(on.store, { workspaceId: station.workspaceId, documentId });
  handles.push(handle);
  await handle.loaded;
  return handle;
}

const shows = (handle: DocumentHandle, text: string) =>
  until(`the text ${text}`, () => textIn(handle.doc) === text);

test('D1: what is typed on one device appears on the other, byte for byte', async () => {
  const id = await page(a);
  const onA = await open(a, id);
  const onB = await open(b, id);
  addParagraph(onA.doc, 'Grüße aus der Station 🏔️');
  await shows(onB, 'Grüße aus der Station 🏔️');
  type(onB, ', and back');
  await shows(onA, 'Grüße aus der Station 🏔️, and back');
  await station.expectSame(a, b);
  const server = await api.pool.query<{ update: Buffer }>(
    'select update from document_update where document_id = $1 order by id',
    [id],
  );
  for (const device of [a, b]) {
    const rows = await device.rows<{ update: Uint8Array }>(
      'select update from document_update where document_id = $1 order by id',
      id,
    );
    expect(rows.map((r) => Buffer.from(r.update).toString('hex'))).toEqual(
      server.rows.map((r) => r.update.toString('hex')),
    );
  }
  expect(onA.status()).toMatchObject({ loaded: true, writing: false, unsent: 0, problem: null });
});

test('D1: what is typed is gathered into one row, which is on the device soon after', async () => {
  a.offline();
  const id = await page(a);
  const onA = await open(a, id);
  addParagraph(onA.doc);
  const begun = performance.now();
  for (const letter of 'Everything that is typed in one go') type(onA, letter);
  expect(onA.status().writing).toBe(true);
  await until('it is stored', async () => (await a.rows('select from document_update')).length > 0);
  expect(performance.now() - begun).toBeLessThan(1_000);
  await until('nothing is left to write', () => !onA.status().writing);
  expect(await a.rows('select from document_update')).toHaveLength(1);
  await until('it counts as unsent', () => onA.status().unsent === 1);
  a.online();
  await until('it is sent', () => onA.status().unsent === 0);
});

test('D1: two who write in one paragraph while apart lose no letter', async () => {
  const id = await page(a);
  const onA = await open(a, id);
  addParagraph(onA.doc, 'mast');
  const onB = await open(b, id);
  await shows(onB, 'mast');
  a.offline();
  b.offline();
  type(onA, ' one');
  type(onB, ' two');
  await Promise.all([onA.flush(), onB.flush()]);
  a.online();
  b.online();
  await until('both have both', () => textIn(onA.doc) === textIn(onB.doc) && textIn(onA.doc).length === 12);
  expect(textIn(onA.doc)).toContain(' one');
  expect(textIn(onA.doc)).toContain(' two');
});

test('D3: a page that was never opened here opens offline, and its words are found', async () => {
  const id = await page(a, 'Winter');
  const onA = await open(a, id);
  addParagraph(onA.doc, 'The generator needs diesel');
  await onA.flush();
  await until('the words are on b', async () => {
    const found = await b.rows(
      "select from sync.document_text where search @@ to_tsquery('simple', 'diesel') and document_id = $1",
      id,
    );
    return found.length === 1;
  });
  b.offline();
  const onB = await open(b, id);
  expect(textIn(onB.doc)).toBe('The generator needs diesel');
});

test('D1: a page deleted by one while the other types keeps what was typed', async () => {
  const id = await page(a);
  const onA = await open(a, id);
  addParagraph(onA.doc, 'mast');
  const onB = await open(b, id);
  await shows(onB, 'mast');
  b.offline();
  type(onB, ' and antenna');
  await onB.flush();
  await a.write('update page set deleted_at = now() where id = $1', id);
  await a.settled();
  b.online();
  await shows(onA, 'mast and antenna');
  await until('b has heard of it', async () => {
    const [row] = await b.rows<{ deleted_at: string | null }>(
      'select deleted_at from page where id = $1',
      id,
    );
    return row?.deleted_at !== null;
  });
  expect(textIn(onB.doc)).toBe('mast and antenna');
});

test('D1: what cannot be stored stays in the tab and is stored with the next change', async () => {
  const id = await page(a);
  const onA = await open(a, id);
  await a.write('alter table document_update add constraint none check (false) not valid');
  addParagraph(onA.doc, 'mast');
  await expect(onA.flush()).rejects.toMatchObject({ kind: 'constraint' });
  expect(onA.status().problem).not.toBeNull();
  await a.write('alter table document_update drop constraint none');
  type(onA, '!');
  await onA.flush();
  expect(onA.status()).toMatchObject({ writing: false, problem: null });
  const onB = await open(b, id);
  await shows(onB, 'mast!');
});
