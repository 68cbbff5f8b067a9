// Files over HTTP: who may put and get them, and that they are what their name says.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FILE_BYTES, filePath } from '../../db/file/file';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';

let api: TestApi;
let ada: TestPerson;
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  workspaceId = (await foundWorkspace(ada)).workspaceId;
});
afterAll(() => api.stop());

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function put(person: TestPerson, bytes: Uint8Array<ArrayBuffer>, hash = hashOf(bytes)): Promise<Response> {
  return fetch(api.url + filePath(workspaceId, hash), {
    method: 'PUT',
    headers: { origin: api.url, cookie: person.cookie },
    body: bytes,
  });
}

const named = (bytes: Uint8Array, type: string) => ({
  table: 'file',
  id: crypto.randomUUID(),
  set: { workspace_id: workspaceId, hash: hashOf(bytes), type, name: 'x', size: bytes.byteLength },
});

test('A1, A2: a file is put by members, got by those in the workspace, and is what its name says', async () => {
  const bytes = new TextEncoder().encode('a picture of the mast');
  const path = filePath(workspaceId, hashOf(bytes));
  const [gus, eve] = [await api.person('Gus'), await api.person('Eve')];
  await join(ada, gus, workspaceId, 'guest');
  expect((await ada.call('GET', path)).status).toBe(404);
  expect((await put(gus, bytes)).status).toBe(403);
  expect((await put(eve, bytes)).status).toBe(403);
  expect((await put(ada, bytes, 'a'.repeat(64))).status).toBe(400);
  const asked = { workspaceId, hashes: [hashOf(bytes)] };
  expect((await ada.json('POST', '/api/files/missing', asked)).body).toMatchObject({ missing: asked.hashes });
  expect((await put(ada, bytes)).status).toBe(204);
  expect((await put(ada, bytes)).status).toBe(204);
  expect((await ada.json('POST', '/api/files/missing', asked)).body).toEqual({ missing: [] });
  await new Writer(ada).write(named(bytes, 'image/png'));
  expect(await storedAt(bytes)).not.toBeNull();
  const got = await gus.call('GET', path);
  expect(new Uint8Array(await got.arrayBuffer())).toEqual(bytes);
  expect(got.headers.get('content-type')).toBe('image/png');
  expect((await eve.call('GET', path)).status).toBe(403);
  expect((await eve.call('POST', '/api/files/missing', asked)).status).toBe(403);
  expect((await api.stranger.call('GET', path)).status).toBe(401);
});

async function storedAt(bytes: Uint8Array): Promise<Date | null> {
  const { rows } = await api.pool.query<{ stored_at: Date | null }>(
    'select stored_at from file where workspace_id = $1 and hash = $2',
    [workspaceId, hashOf(bytes)],
  );
  return rows[0]!.stored_at;
}

test('the row of a file says that the bytes are here, in whichever order they come, and clients cannot', async () => {
  const bytes = new TextEncoder().encode('a picture of the pump');
  const row = named(bytes, 'image/png');
  const lie = { ...row, set: { ...row.set, stored_at: '2026-01-01T00:00:00Z' } };
  expect(await new Writer(ada).write(lie)).toMatchObject([{ status: 'refused' }]);
  await new Writer(ada).write(row);
  expect(await storedAt(bytes)).toBeNull();
  await put(ada, bytes);
  expect(await storedAt(bytes)).not.toBeNull();
  // The two missed each other.
  await api.pool.query('update file set stored_at = null where hash = $1', [hashOf(bytes)]);
  await ada.json('POST', '/api/files/missing', { workspaceId, hashes: [hashOf(bytes)] });
  expect(await storedAt(bytes)).not.toBeNull();
});

test('A2: what is not a picture is handed out to be saved and runs nothing; what is too large is refused', async () => {
  const bytes = new TextEncoder().encode('<script>alert(1)</script>');
  await put(ada, bytes);
  await new Writer(ada).write(named(bytes, 'text/html'));
  const got = await ada.call('GET', filePath(workspaceId, hashOf(bytes)));
  expect(Object.fromEntries(got.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  expect((await put(ada, new Uint8Array(FILE_BYTES + 1))).status).toBe(413);
});
