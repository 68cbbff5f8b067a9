// Postgres on the disk, and the power lost in the middle of its work: at and between flushes, in its start after the loss
// before, in checkpoints. Whatever of the writes since the last flush is stored: it starts, all that was committed is there,
// transactions are whole, and indexes agree with their tables. POWER_ROUNDS gives the number of losses, POWER_SEED repeats them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import { amcheck } from '@electric-sql/pglite/contrib/amcheck';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { expect, test } from 'vitest';
import { preparedBlob } from '../../../scripts/prepare';
import { type Choices, CuttableHandle, choicesOf } from '../../../scripts/testing/cuttable-handle';
import { Disk } from './disk';
import { DiskFiles } from './disk-files';
import { entriesOfTar, fill, makeImage } from './image';

const seed = Number(process.env.POWER_SEED ?? Date.now() % 2 ** 31);
const rounds = Number(process.env.POWER_ROUNDS ?? 14);

const pgliteFolder = createRequire(import.meta.url)
  .resolve('@electric-sql/pglite')
  .replace(/[^/]*$/, '');
const pgliteWasmModule = await WebAssembly.compile(readFileSync(`${pgliteFolder}pglite.wasm`));

/** What was said to be stored, and what is being asked for. */
interface Book {
  acknowledged: number;
  /** The tables that are there, and how many rows each has; of one that is made or dropped now it is not known. */
  readonly tables: Map<string, number | 'unknown'>;
}

async function boot(handle: CuttableHandle, choices: Choices): Promise<PGlite> {
  const settings = [
    // Little, so that pages are written in the middle of a statement too.
    `shared_buffers=${['400kB', '1MB', '8MB'][choices.below(3)]}`,
    'min_wal_size=2MB',
    `max_wal_size=${['2MB', '16MB'][choices.below(2)]}`,
    'timezone=UTC',
  ];
  return await PGlite.create({
    fs: new DiskFiles(async () => Disk.open(handle)),
    pgliteWasmModule,
    extensions: { amcheck, btree_gist },
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
  });
}

async function begin(): Promise<Uint8Array> {
  const image = makeImage(entriesOfTar(new Uint8Array(await (await preparedBlob()).arrayBuffer())));
  const handle = new CuttableHandle();
  await fill(handle, new Blob([image]).stream());
  const pg = await boot(handle, choicesOf(seed));
  await pg.exec(`
    create extension amcheck;
    create table account (id int primary key, balance int not null, filler text not null, words tsvector not null);
    insert into account select i, 0, repeat(md5(i::text), 10), to_tsvector('simple', md5(i::text)) from generate_series(1, 3000) i;
    create index on account (balance);
    create index account_words on account using gin (words);
    create table history (n int primary key, account int not null, delta int not null, note text);
    create index on history (account, delta);`);
  await pg.close();
  return handle.contents();
}

/** One transaction or more of a few that a bank, a developer and a database make. */
async function work(pg: PGlite, book: Book, choices: Choices): Promise<void> {
  const kind = choices.below(20);
  const n = book.acknowledged + 1;
  if (kind < 12) {
    const [account, delta] = [1 + choices.below(3000), choices.below(1000) - 500];
    await pg.transaction(async (tx) => {
      await tx.query(
        `update account set balance = balance + $1, words = to_tsvector('simple', md5($2)) where id = $3`,
        [delta, String(n), account],
      );
      await tx.query('insert into history values ($1, $2, $3, $4)', [
        n,
        account,
        delta,
        'x'.repeat(choices.below(3000)),
      ]);
    });
    // What is asked for in a transaction PGlite does not store by itself.
    await pg.syncToFs();
    book.acknowledged = n;
  } else if (kind < 14) {
    await pg.query(
      `with moved as (insert into history select $1, i, 7, repeat(md5(i::text), 4) from generate_series($2::int, $2::int) i returning account)
       update account set balance = balance + 7 where id in (select account from moved)`,
      [n, 1 + choices.below(3000)],
    );
    book.acknowledged = n;
  } else if (kind < 16) {
    const table = `made_${n}_${choices.below(1e6)}`;
    const rows = choices.below(2500);
    book.tables.set(table, 'unknown');
    await pg.exec(`begin; create table ${table} (i int primary key, t text);
      insert into ${table} select i, repeat(md5(i::text), 6) from generate_series(1, ${rows}) i; commit`);
    book.tables.set(table, rows);
  } else if (kind < 18) {
    const table = [...book.tables.keys()][choices.below(Math.max(1, book.tables.size))];
    if (table === undefined) return;
    book.tables.set(table, 'unknown');
    const how = choices.below(3);
    await pg.exec(`${['truncate', 'delete from', 'drop table'][how]} ${table}`);
    if (how === 1) await pg.exec(`vacuum ${table}`);
    if (how < 2) book.tables.set(table, 0);
    else book.tables.delete(table);
  } else if (kind === 18) await pg.exec('checkpoint');
  else await pg.exec(choices.below(2) === 0 ? 'vacuum account' : 'reindex table history');
}

/** @returns how many transactions are there */
async function check(pg: PGlite, book: Book): Promise<number> {
  const one = async (sql: string) => (await pg.query<Record<string, number>>(sql)).rows[0]!;
  const all = await one(
    'select count(*)::int as count, coalesce(max(n), 0) as last, coalesce(sum(delta), 0)::int as sum from history',
  );
  // Every one that was acknowledged; and at most the one that was not yet.
  expect(all.count).toBe(all.last);
  expect([book.acknowledged, book.acknowledged + 1]).toContain(all.count);
  expect(await one('select sum(balance)::int as sum, count(*)::int as count from account')).toEqual({
    sum: all.sum,
    count: 3000,
  });
  for (const [table, rows] of book.tables) {
    const { there } = await one(`select to_regclass('${table}') is not null as there`);
    if (rows !== 'unknown')
      expect(await one(`select count(*)::int as count from ${table}`)).toEqual({ count: rows });
    else if (!there) book.tables.delete(table);
    else book.tables.set(table, (await one(`select count(*)::int as count from ${table}`)).count!);
  }
  await pg.exec(`select bt_index_check(i.indexrelid, true) from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_am a on a.oid = c.relam where a.amname = 'btree' and i.indisvalid and c.relpersistence = 'p'`);
  const broken = await pg.query(`select c.oid::regclass, v.* from pg_class c, verify_heapam(c.oid) v
    where c.relkind in ('r', 'm', 't') and c.relpersistence = 'p'`);
  expect(broken.rows).toEqual([]);
  const found = async (seqscan: boolean) => {
    await pg.exec(`set enable_seqscan = ${seqscan}; set enable_bitmapscan = ${!seqscan}`);
    const { rows } = await pg.query(
      "select count(*) from account a, lateral (select 1 from account b where b.words @@ to_tsquery('simple', md5(a.id::text)) limit 1) c where a.id % 300 = 0",
    );
    return rows;
  };
  expect(await found(false)).toEqual(await found(true));
  await pg.exec('reset enable_seqscan; reset enable_bitmapscan');
  return all.count!;
}

test(`W1: a loss of power loses nothing that was committed, and damages nothing (${rounds} losses, seed ${seed})`, {
  timeout: 60_000 + rounds * 20_000,
}, async () => {
  const beginning = await begin();
  let contents = beginning;
  let book: Book = { acknowledged: 0, tables: new Map() };
  for (let round = 0; round < rounds; round++) {
    const choices = choicesOf(seed + round * 7919);
    const handle = new CuttableHandle(contents);
    // Some writes after the start, or in the middle of it.
    const start = choices.below(4) === 0 ? 0 : Number.POSITIVE_INFINITY;
    let due = start + choices.below(60);
    let cut: Uint8Array | null = null;
    let known: Book = book;
    handle.onChange = () => {
      if (cut || handle.done < due) return;
      known = { acknowledged: book.acknowledged, tables: new Map(book.tables) };
      cut = choices.below(6) === 0 ? handle.contents() : handle.cut(choices);
    };
    const where = `round ${round}: POWER_SEED=${seed}`;
    const pg = await boot(handle, choices).catch((cause: unknown) => {
      throw new Error(`${where}: it does not start`, { cause });
    });
    try {
      book.acknowledged = await check(pg, book);
    } catch (cause) {
      throw new Error(where, { cause });
    }
    if (!cut) due = handle.done + choices.below(choices.below(3) === 0 ? 2500 : 250);
    while (!cut) await work(pg, book, choices);
    await pg.close().catch(() => {});
    contents = cut;
    book = known;
    // What is made stays small.
    if (contents.length > 100 * 2 ** 20)
      [contents, book] = [beginning, { acknowledged: 0, tables: new Map() }];
  }
});
