// Pages over the write API: a page in the bin names the member who put it there, never another one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';

let api: TestApi;
let ada: TestPerson;
let ben: TestPerson;
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
  workspaceId = (await foundWorkspace(ada)).workspaceId;
  await join(ada, ben, workspaceId, 'member');
});
afterAll(() => api.stop());

async function memberOf(name: string): Promise<string> {
  const { rows } = await api.pool.query<{ id: string }>(
    'select id from member where workspace_id = $1 and name = $2',
    [workspaceId, name],
  );
  return rows[0]!.id;
}

test('A2: nobody is named as the one who put a page into the bin but who does it', async () => {
  const id = crypto.randomUUID();
  const row = async () =>
    (
      await api.pool.query('select deleted_at is not null as binned, deleted_by from page where id = $1', [
        id,
      ])
    ).rows[0];
  const [byAda, byBen] = [new Writer(ada), new Writer(ben)];
  const bin = (deleted_by: string) => ({
    table: 'page',
    id,
    kind: 'update' as const,
    set: { deleted_at: new Date().toISOString(), deleted_by },
  });
  await byAda.write({ table: 'page', id, set: { workspace_id: workspaceId, title: 'Log', position: 'a0' } });
  const bens = await memberOf('Ben');
  expect(await byAda.write(bin(bens))).toMatchObject([{ status: 'applied' }]);
  expect(await row()).toEqual({ binned: true, deleted_by: null });
  expect(await byBen.write(bin(bens))).toMatchObject([{ status: 'applied' }]);
  expect(await row()).toEqual({ binned: true, deleted_by: bens });
});
