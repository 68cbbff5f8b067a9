// Clocks that are wrong: what one device wrote in order takes effect in order, whatever its clock says, and nobody's
// clock wins for ever.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clockMs, formatClock, MAX_AHEAD_MS } from '../../db/sync/clock';
import { type Answer, PROTOCOL } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundWorkspace } from '../../scripts/testing/workspace';

let api: TestApi;
let ada: TestPerson;
let workspaceId: string;
beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  workspaceId = (await foundWorkspace(ada)).workspaceId;
});
afterAll(() => api.stop());

interface Sent {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly id: string;
  readonly set: Record<string, unknown>;
  /** What the device's clock said, ms. */
  readonly at: number;
}

/** A device that sends what it is given, each as a transaction of its own or all in one. */
function device() {
  const clientId = crypto.randomUUID();
  let n = 0;
  return async (ops: readonly Sent[], together = false): Promise<Answer[]> => {
    const operations = ops.map(({ kind, id, set, at }, i) => ({
      ...{ kind, table: 'label', id, set, was: {} },
      clock: formatClock(at, i % 0xffff, clientId.slice(-12)),
    }));
    const transactions = together
      ? [{ n: ++n, operations }]
      : operations.map((operation) => ({ n: ++n, operations: [operation] }));
    const request = {
      protocol: PROTOCOL,
      clientId,
      serverId: null,
      mark: null,
      acknowledged: 0,
      transactions,
    };
    const { status, body } = await ada.json<{ answers: Answer[] }>('POST', '/api/write', request);
    expect(status).toBe(200);
    return body.answers;
  };
}

const row = (name: string, color: string) => ({ workspace_id: workspaceId, name, color });
const colors = ['#000001', '#000002', '#000003', '#000004', '#000005', '#000006', '#000007', '#000008'];
const colorOf = async (id: string) =>
  (await api.pool.query<{ color: string }>('select color from label where id = $1', [id])).rows[0]?.color;

test('M2, M4: of two edits of a clock that is 61.5 s fast, made 4 s apart, the later one stands', async () => {
  const send = device();
  const id = crypto.randomUUID();
  const now = Date.now();
  await send([{ kind: 'insert', id, set: row(id, '#aaaaaa'), at: now - 60_000 }]);
  // Sent when the first is less than 60 s ahead and the second more.
  const [first, second] = await send([
    { kind: 'update', id, set: { color: '#111111' }, at: now - 5_000 + 61_500 },
    { kind: 'update', id, set: { color: '#222222' }, at: now - 1_000 + 61_500 },
  ]);
  expect([first!.verdicts[0]!.status, second!.verdicts[0]!.status]).toEqual(['applied', 'applied']);
  expect(await colorOf(id)).toBe('#222222');
  const notices = await api.pool.query('select 1 from notice where row_id = $1', [id]);
  expect(notices.rowCount).toBe(0);
});

test('M4: whatever a device’s clock says from one edit to the next, its last word stands, also after a delete', async () => {
  const wrong = fc.oneof(
    fc.integer({ min: -400_000, max: 400_000 }),
    fc.constantFrom(0, 59_990, 60_010, 61_500, 86_400_000, -86_400_000, 9e11),
  );
  const history = fc.record({
    together: fc.boolean(),
    edits: fc.array(fc.record({ offset: wrong, gone: fc.boolean() }), { minLength: 1, maxLength: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(history, async ({ together, edits }) => {
      const send = device();
      const id = crypto.randomUUID();
      const now = Date.now();
      const ops: Sent[] = [{ kind: 'insert', id, set: row(id, '#aaaaaa'), at: now + edits[0]!.offset }];
      let expected: string | undefined = '#aaaaaa';
      edits.forEach(({ offset, gone }, i) => {
        // Another row in between: the order holds over all of them.
        const color = colors[i]!;
        ops.push({
          kind: 'insert',
          id: crypto.randomUUID(),
          set: row(crypto.randomUUID(), color),
          at: now - offset,
        });
        if (gone && expected) ops.push({ kind: 'delete', id, set: {}, at: now + offset });
        else if (expected) ops.push({ kind: 'update', id, set: { color }, at: now + offset });
        else ops.push({ kind: 'insert', id, set: row(id, color), at: now + offset });
        expected = gone && expected ? undefined : color;
      });
      await send(ops, together);
      expect(await colorOf(id)).toBe(expected);
      // And it does not win for ever: no clock that was admitted is further ahead than allowed.
      const { rows } = await api.pool.query<{ clock: string }>(
        'select greatest(life, base) as clock from sync.register where id = $1',
        [id],
      );
      expect(clockMs(rows[0]!.clock)).toBeLessThanOrEqual(Date.now() + MAX_AHEAD_MS + 1);
    }),
    { numRuns: 60 },
  );
});

test('M1: between devices it is the time that decides, and a device that is far ahead does not go on winning', async () => {
  const [fast, right] = [device(), device()];
  const id = crypto.randomUUID();
  const now = Date.now();
  await right([{ kind: 'insert', id, set: row(id, '#aaaaaa'), at: now - 10_000 }]);
  await fast([{ kind: 'update', id, set: { color: '#111111' }, at: now + 86_400_000 }]);
  await right([{ kind: 'update', id, set: { color: '#222222' }, at: Date.now() + 1_000 }]);
  expect(await colorOf(id)).toBe('#222222');
});
