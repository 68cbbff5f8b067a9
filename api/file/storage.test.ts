// The quota of a workspace: what is over it is refused with a sentence, before it has travelled; text is taken all the same.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { filePath } from '../../db/file/file';
import type { apiError } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { postgresText, updateSaying } from '../../scripts/testing/document';
import { foundCrew, foundWorkspace } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';
import type { WorkspaceStorage } from './storage';

const quota = 100_000;
let api: TestApi;
let ada: TestPerson;
let outsider: TestPerson;
let guest: TestPerson;
let workspaceId: string;
beforeAll(async () => {
  api = await startTestApi({ workspaceQuota: quota });
  ({ owner: ada, outsider, guest, workspaceId } = await foundCrew(api));
});
afterAll(() => api.stop());

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const put = (bytes: Uint8Array<ArrayBuffer>, workspace = workspaceId, person = ada) =>
  fetch(api.url + filePath(workspace, hashOf(bytes)), {
    method: 'PUT',
    headers: { cookie: person.cookie },
    body: bytes,
  });
const file = (bytes: number) => new Uint8Array(randomBytes(bytes));
const storage = async (person = ada) =>
  await person.json<WorkspaceStorage>('GET', `/api/workspaces/${workspaceId}/storage`);
const room = async (bytes: Uint8Array) =>
  (
    await ada.json<{ missing: string[]; room?: number }>('POST', '/api/files/missing', {
      workspaceId,
      hashes: [hashOf(bytes)],
    })
  ).body.room;

test('A5: files are taken up to the quota of their workspace; more is refused, and what is there stays', async () => {
  const [first, second, third] = [file(60_000), file(40_000), file(1)];
  expect(await room(first)).toBe(quota);
  expect((await put(first)).status).toBe(204);
  expect(await room(second)).toBe(40_000);
  const tooMuch = file(40_001);
  const refused = await put(tooMuch);
  expect(refused.status).toBe(413);
  const { error } = (await refused.json()) as z.infer<typeof apiError>;
  expect(error).toMatchObject({ kind: 'too-large', detail: { reason: 'quota', granted: quota } });
  expect(error.sentence).toMatch(/^The storage of this workspace is full/);
  expect((await put(second)).status).toBe(204);
  expect((await put(third)).status).toBe(413);
  // What is here already takes no room.
  expect((await put(first)).status).toBe(204);
  expect(await room(third)).toBe(0);
  expect((await storage()).body).toEqual({ files: quota, texts: 0, granted: quota });
  expect((await storage(guest)).status).toBe(200);
  expect((await storage(outsider)).status).toBe(403);
  // Another workspace has its own.
  const other = (await foundWorkspace(ada, 'Other')).workspaceId;
  expect((await put(file(90_000), other)).status).toBe(204);
});

test('A5: the text of pages counts, and is taken also when the workspace is full', async () => {
  const workspace = (await foundWorkspace(ada, 'Texts')).workspaceId;
  const update = postgresText(updateSaying('x'.repeat(120_000)));
  const set = { workspace_id: workspace, document_id: crypto.randomUUID(), update, compacted: 0 };
  const writer = new Writer(ada);
  const [verdict] = await writer.write({ table: 'document_update', id: crypto.randomUUID(), set });
  expect(verdict).toMatchObject({ status: 'applied' });
  expect((await put(file(1), workspace)).status).toBe(413);
  const again = { ...set, document_id: crypto.randomUUID() };
  expect(await writer.write({ table: 'document_update', id: crypto.randomUUID(), set: again })).toMatchObject(
    [{ status: 'applied' }],
  );
});

test('A5: a body that is announced as too much is not waited for', async () => {
  const bytes = file(90_000);
  const answer = await new Promise<number>((done, fail) => {
    import('node:http').then(({ request }) => {
      const sent = request(
        api.url + filePath(workspaceId, hashOf(bytes)),
        { method: 'PUT', headers: { cookie: ada.cookie, 'content-length': bytes.byteLength } },
        (response) => done(response.statusCode ?? 0),
      );
      sent.on('error', fail);
      // The first of it, and no more.
      sent.write(bytes.subarray(0, 100));
    }, fail);
  });
  expect(answer).toBe(413);
});
