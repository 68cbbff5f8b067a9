// Checking updates and tending documents, person by person (A5): real threads, a real Postgres.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { updateSaying } from '../../scripts/testing/document';
import { hostileUpdates } from '../../scripts/testing/hostile';
import { foundWorkspace } from '../../scripts/testing/workspace';
import { Checks, faultsOf } from './faults';
import { DocumentKeeper } from './keeper';
import { DocumentThread } from './thread';

let api: TestApi;
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  workspaceId = (await foundWorkspace(await api.person('Ada'))).workspaceId;
});
afterAll(() => api.stop());

test('A5: the check of what one person sends waits behind no more than one piece of another’s', async () => {
  const thread = new DocumentThread();
  const one = new Checks(thread);
  const checks = { small: one, large: one };
  const large = hostileUpdates(12, 4_000);
  let done = 0;
  const greedy = large.map((update) =>
    faultsOf([update], 'greedy', checks).then(() => {
      done++;
    }),
  );
  expect(await faultsOf([updateSaying('x'.repeat(3_000))], 'ben', checks)).toEqual([null]);
  expect(done).toBeLessThanOrEqual(1);
  await Promise.all(greedy);
  thread.close();
});

test('A5: documents are tended person by person', async () => {
  const order: string[] = [];
  class Recording extends DocumentThread {
    override async join(...job: Parameters<DocumentThread['join']>) {
      const joined = await super.join(...job);
      order.push(joined.text.trim());
      return joined;
    }
  }
  const keeper = new DocumentKeeper(api.pool, () => {}, 0, new Recording());
  const make = async (text: string) => {
    const documentId = crypto.randomUUID();
    await api.pool.query(
      'insert into document_update (id, workspace_id, document_id, update) values (gen_random_uuid(), $1, $2, $3)',
      [workspaceId, documentId, Buffer.from(updateSaying(text))],
    );
    return { workspaceId, documentId };
  };
  const many = await Promise.all(Array.from({ length: 8 }, () => make('greedy')));
  const [one, two] = [await make('ben'), await make('ada')];
  keeper.touched(many, 'greedy');
  keeper.touched([one], 'ben');
  keeper.touched([two], 'ada');
  await keeper.idle();
  await keeper.close();
  expect(order).toHaveLength(10);
  expect(order.slice(0, 3).sort()).toEqual(['ada', 'ben', 'greedy']);
});
