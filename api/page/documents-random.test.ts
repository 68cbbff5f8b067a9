// Random histories of one document: people who type and erase apart, updates that arrive late, twice and in any order,
// compaction at any moment. All end with the same text, and no letter is lost. OUTPOST_HISTORIES sets how many.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { bodyText, postgresText } from '../../scripts/testing/document';
import { foundWorkspace } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';
import { tendDocument } from './tend';

const histories = Number(process.env.OUTPOST_HISTORIES ?? 25);
const PEOPLE = 3;

let api: TestApi;
let writers: Writer[];
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  const ada = await api.person('Ada');
  workspaceId = (await foundWorkspace(ada)).workspaceId;
  writers = Array.from({ length: PEOPLE }, () => new Writer(ada));
});
afterAll(() => api.stop());

const who = fc.integer({ min: 0, max: PEOPLE - 1 });
/** A place or a choice, as a part of what there is. */
const at = fc.integer({ min: 0, max: 999 });
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('type' as const), who, at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('erase' as const), who, at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('send again' as const), who, at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), who, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const), who, at }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Row {
  readonly id: string;
  readonly update: Uint8Array;
}

/** One who has the document open, with what was written and not sent. */
class Replica {
  readonly doc = new Y.Doc();
  readonly unsent: Row[] = [];
  readonly sent: Row[] = [];

  constructor(readonly writer: Writer) {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'read') this.unsent.push({ id: crypto.randomUUID(), update });
    });
  }
}

const rowOf = (documentId: string, { id, update }: Row) => ({
  table: 'document_update',
  id,
  set: { workspace_id: workspaceId, document_id: documentId, update: postgresText(update) },
});

async function stored(documentId: string): Promise<Uint8Array[]> {
  const { rows } = await api.pool.query<{ update: Uint8Array }>(
    'select update from document_update where workspace_id = $1 and document_id = $2 order by id',
    [workspaceId, documentId],
  );
  return rows.map((row) => row.update);
}

/** Takes `count` of the list, beginning somewhere and going round. */
function some<T>(list: T[], from: number, count: number): T[] {
  if (list.length === 0) return [];
  const start = from % list.length;
  return [...list.slice(start), ...list.slice(0, start)].slice(0, count);
}

/** @returns the texts that all have in the end, and the letters that must be in them */
async function play(steps: readonly Step[]): Promise<{ texts: string[]; kept: string }> {
  const documentId = crypto.randomUUID();
  const replicas = writers.map((writer) => new Replica(writer));
  const typed = new Set<string>();
  const erased = new Set<string>();

  const send = async (replica: Replica, rows: Row[]) => {
    if (rows.length === 0) return;
    const verdicts = await replica.writer.write(...rows.map((row) => rowOf(documentId, row)));
    expect(verdicts.map((v) => v.status)).toEqual(rows.map(() => 'applied'));
    for (const row of rows) {
      const i = replica.unsent.indexOf(row);
      if (i >= 0) replica.sent.push(...replica.unsent.splice(i, 1));
    }
  };
  const read = async (replica: Replica, from: number) => {
    const updates = await stored(documentId);
    // From anywhere on, backwards, and the first ones twice.
    for (const update of [...some(updates, from, updates.length).reverse(), ...updates.slice(0, 2)]) {
      Y.applyUpdate(replica.doc, update, 'read');
    }
  };

  for (const s of steps) {
    const replica = replicas[s.who]!;
    const run = bodyText(replica.doc);
    switch (s.do) {
      case 'type': {
        const letter = String.fromCodePoint(0x4e00 + typed.size);
        typed.add(letter);
        run.insert(s.at % (run.length + 1), letter);
        break;
      }
      case 'erase':
        if (run.length > 0) {
          const place = s.at % run.length;
          erased.add(run.toString()[place]!);
          run.delete(place, 1);
        }
        break;
      case 'send':
        await send(replica, some(replica.unsent, s.at, 1 + (s.at % 3)));
        break;
      case 'send again':
        await send(replica, some(replica.sent, s.at, 2));
        break;
      case 'read':
        await read(replica, s.at);
        break;
      case 'compact':
        await tendDocument(api.pool, { workspaceId, documentId }, { rows: s.at % 4, bytes: 1e9 });
    }
  }
  for (const replica of replicas) await send(replica, [...replica.unsent]);
  await tendDocument(api.pool, { workspaceId, documentId }, { rows: 0, bytes: 0 });
  for (const replica of replicas) await read(replica, 0);
  const fresh = new Y.Doc();
  for (const update of await stored(documentId)) Y.applyUpdate(fresh, update);
  return {
    texts: [...replicas.map((r) => r.doc), fresh].map((doc) => bodyText(doc).toString()),
    kept: [...typed].filter((letter) => !erased.has(letter)).join(''),
  };
}

test('D1, D2: random histories with compaction end in one text, and no letter is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const { texts, kept } = await play(steps);
      expect(new Set(texts).size).toBe(1);
      expect([...texts[0]!].sort()).toEqual([...kept].sort());
    }),
    { numRuns: histories, endOnFailure: true },
  );
}, 600_000);
