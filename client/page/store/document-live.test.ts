// Documents that are open in several places at once: typing and cursors by the socket, with the rows behind it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../../../scripts/testing/api';
import type { Device } from '../../../scripts/testing/device';
import { addParagraph, textIn, type } from '../../../scripts/testing/document';
import { liveOf, type TestLive } from '../../../scripts/testing/live';
import { openStation, type Station } from '../../../scripts/testing/station';
import { until } from '../../../scripts/testing/until';
import { type DocumentHandle, openDocument } from './document';

let api: TestApi;
let station: Station;
let a: Device;
let b: Device;
let liveA: TestLive;
let liveB: TestLive;
let handles: DocumentHandle[] = [];
let documentId: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
  [a, b] = await Promise.all([station.device(station.ada), station.device(station.ben)]);
  liveA = liveOf(api.url, station.ada, a.userId);
  liveB = liveOf(api.url, station.ben, b.userId);
  documentId = crypto.randomUUID();
});
afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.close()));
  handles = [];
  liveA.close();
  liveB.close();
  await station.close();
});

async function open(on: Device, live: TestLive | null): Promise<DocumentHandle> {
  const handle = openDocument(on.store, { workspaceId: station.workspaceId, documentId, live });
  handles.push(handle);
  await handle.loaded;
  if (live) await until('the line is up', () => handle.status().live === 'on');
  return handle;
}

const shows = (handle: DocumentHandle, text: string) =>
  until(`the text ${text}`, () => textIn(handle.doc) === text);

/** States of the line from now on, also one that lasts for a moment. */
function statesOf(handle: DocumentHandle): string[] {
  const states: string[] = [];
  handle.onStatus(() => states.push(handle.status().live));
  return states;
}

const names = (handle: DocumentHandle) =>
  [...handle.awareness.getStates().values()].map((state) => state.user?.name).sort();

test('D1: what is typed arrives by the socket alone, and once when its row comes too', async () => {
  const onA = await open(a, liveA);
  const onB = await open(b, liveB);
  addParagraph(onA.doc, 'mast');
  await shows(onB, 'mast');
  await station.expectSame(a, b);
  b.offline();
  type(onA, ' and antenna');
  await shows(onB, 'mast and antenna');
  expect(await b.rows('select from document_update')).toHaveLength(1);
  b.online();
  await until('the row has come', async () => (await b.rows('select from document_update')).length === 2);
  expect(textIn(onB.doc)).toBe('mast and antenna');
});

test('D1: what builds on a text that only the socket brought stands without its writer', async () => {
  const onA = await open(a, liveA);
  const onB = await open(b, liveB);
  addParagraph(onA.doc, 'mast');
  await shows(onB, 'mast');
  await station.expectSame(a, b);
  // Ada's rows do not get through, and never will; Ben saw her text and goes on with it.
  a.offline();
  type(onA, ' and antenna');
  await shows(onB, 'mast and antenna');
  type(onB, ' and stays');
  await onB.flush();
  const c = await station.device(station.ben);
  await shows(await open(c, null), 'mast and antenna and stays');
});

test('D1: cursors and names of others are shown, and go with them', async () => {
  const onA = await open(a, liveA);
  onA.awareness.setLocalStateField('user', { name: 'Ada' });
  const onB = await open(b, liveB);
  onB.awareness.setLocalStateField('user', { name: 'Ben' });
  for (const handle of [onA, onB]) await until('both are seen', () => names(handle).join() === 'Ada,Ben');
  expect(onA.status()).toMatchObject({ live: 'on', others: 1 });
  await onB.close();
  await until('Ben is gone', () => names(onA).length === 1 && onA.status().others === 0);
  const states = statesOf(onA);
  liveA.cut();
  await until('the line is down', () => states.includes('connecting'));
});

test('D1: a line that breaks comes again, with the cursors; what was missed comes as rows', async () => {
  const onA = await open(a, liveA);
  const onB = await open(b, liveB);
  onA.awareness.setLocalStateField('user', { name: 'Ada' });
  await until('Ben sees Ada', () => names(onB).includes('Ada'));
  addParagraph(onA.doc, 'mast');
  await shows(onB, 'mast');
  const states = statesOf(onB);
  const seen: string[][] = [];
  onB.awareness.on('change', () => seen.push(names(onB)));
  liveB.cut();
  await until('the line is down', () => states.includes('connecting'));
  expect(seen[0]).not.toContain('Ada');
  type(onA, ' one');
  await shows(onB, 'mast one');
  await until('the line is up again', () => onB.status().live === 'on' && names(onB).includes('Ada'));
  b.offline();
  type(onA, ' two');
  await shows(onB, 'mast one two');
});

test('A1: who is removed from the workspace is cut off from the document at once', async () => {
  const onA = await open(a, liveA);
  const onB = await open(b, liveB);
  addParagraph(onA.doc, 'mast');
  await shows(onB, 'mast');
  const memberships = await station.ben.json<{ memberships: { memberId: string }[] }>('GET', '/api/session');
  const { memberId } = memberships.body.memberships[0]!;
  const path = `/api/workspaces/${station.workspaceId}/members/${memberId}`;
  expect((await remove(station.ada, path)).status).toBe(200);
  await until('Ben is cut off', () => onB.status().live === 'off');
  await until('Ada sees it', () => onA.status().others === 0);
  type(onA, ' is secret');
  await onA.flush();
  await until('the server has it', () => onA.status().unsent === 0);
  expect(textIn(onB.doc)).toBe('mast');
});

const remove = (person: TestPerson, path: string) => person.call('DELETE', path);
