// What only this device has, taken out of one database and put into another: local transactions that the server has not
// confirmed, refused ones, what features keep here, and what the server was sent lately. The other database is a new one,
// or an older copy of this person's database with work of its own.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import { renumber } from './start-over';

/** Rows of each table of schema sync, as the JSON text of an array. */
export type UnsentWork = ReadonlyMap<string, string>;

const own = ['client', 'outbox', 'base', 'refused', 'request', 'sent'] as const;
/** Only rows with changes of this device: the others come from the server again. */
const kept: Readonly<Record<string, string>> = {
  base: 'where exists (select from sync.outbox o where o."table" = t."table" and o.row_id = t.row_id)',
};

/** @param deviceOnly tables of schema sync that features keep on this device (feature.ts) */
export async function takeWork(pg: PGliteInterface, deviceOnly: readonly string[]): Promise<UnsentWork> {
  const work = new Map<string, string>();
  for (const table of [...own, ...deviceOnly]) {
    const { rows } = await pg.query<{ rows: string }>(
      `select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text as rows from sync."${table}" t ${kept[table] ?? ''}`,
    );
    work.set(table, rows[0]!.rows);
  }
  return work;
}

/**
 * Adds the work to that of another database, in one transaction of it, and shows it in its tables. What is in both is
 * there once. A database with work of its own starts over with the server: under a new client id (start-over.ts), as the
 * one it was copied from may go on under the old one.
 * @param forget drops what the source of rows keeps beside them: everything is fetched anew
 * @returns how many local transactions wait to be sent afterwards
 */
export async function putWork(
  tx: Transaction,
  work: UnsentWork,
  forget: (tx: Transaction) => Promise<void>,
): Promise<number> {
  await tx.exec('set local session_replication_role = replica');
  for (const [table, rows] of work) {
    await tx.exec(
      `create temporary table "work_${table}" on commit drop as select * from sync."${table}" limit 0`,
    );
    await tx.query(
      `insert into "work_${table}" select * from jsonb_populate_recordset(null::sync."${table}", $1::jsonb)`,
      [rows],
    );
  }
  const { rows } = await tx.query('select from sync.client');
  const isNew = rows.length === 0;
  await tx.exec(isNew ? becomeClient : meetClient);
  await tx.exec(putOperations);
  for (const table of work.keys()) {
    if (['client', 'outbox', 'base', 'sent'].includes(table)) continue;
    const columns = await columnsOf(tx, table);
    const order = table === 'refused' ? 'order by i' : '';
    await tx.exec(
      `insert into sync."${table}" (${columns}) select ${columns} from "work_${table}" ${order} on conflict do nothing`,
    );
  }
  await tx.exec(show);
  if (!isNew) {
    await renumber(tx);
    await forget(tx);
  }
  const waiting = await tx.query<{ count: number }>(
    'select count(distinct n)::int as count from sync.outbox where verdict is null',
  );
  return waiting.rows[0]!.count;
}

/** Those whose values are given: an identity is counted anew. */
async function columnsOf(tx: Transaction, table: string): Promise<string> {
  const { rows } = await tx.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''`,
    [`sync."${table}"`],
  );
  return rows[0]!.columns;
}

/** Numbers of transactions mean nothing in another database. */
const becomeClient = `
  update work_client set current_xid = null, current_n = null;
  insert into sync.client select * from work_client;`;

/** The clock stays ahead of both, and the newest word of the same server counts. */
const meetClient = `
  update sync.client c set
      clock_ms = greatest(c.clock_ms, w.clock_ms), clock_counter = 65535, current_xid = null, current_n = null,
      offset_ms = w.offset_ms, server_id = coalesce(c.server_id, w.server_id),
      epoch = case when w.server_id = coalesce(c.server_id, w.server_id) then w.epoch else c.epoch end,
      epoch_version = case when w.server_id = coalesce(c.server_id, w.server_id) then w.epoch_version else c.epoch_version end
    from work_client w;`;

/** An operation is known by its row and its clock: no other has both. */
const same = (a: string, b: string) =>
  `${a}."table" = ${b}."table" and ${a}.row_id = ${b}.row_id and ${a}.clock = ${b}.clock`;

const putOperations = `
  -- What was answered since the copy was made is not sent again. What was confirmed stays on top until the rows have come.
  update sync.outbox o set verdict = w.verdict, version = w.version, lsn = w.lsn
    from work_outbox w where o.verdict is null and w.verdict is not null and ${same('o', 'w')};
  update sync.outbox o set verdict = '{"status": "applied"}', version = w.version, lsn = 0
    from work_sent w where o.verdict is null and ${same('o', 'w')};
  delete from sync.outbox o using work_refused w where o.verdict is null
    and o."table" = w."table" and o.row_id = w.row_id and o.kind = w.kind and o.set = w.set;
  -- In order, behind what is there.
  insert into sync.sent (i, "table", row_id, workspace_id, kind, set, was, clock, version, client_id, n, at)
    select nextval(pg_get_serial_sequence('sync.outbox', 'i')), x."table", x.row_id, x.workspace_id, x.kind, x.set, x.was,
      x.clock, x.version, x.client_id, x.n, x.at
    from (select w.* from work_sent w where not exists (select from sync.sent s where ${same('s', 'w')}) order by w.i) x;
  insert into sync.outbox (n, "table", row_id, workspace_id, kind, set, was, clock, at, verdict, version, lsn)
    select x.n + (select coalesce(max(o.n), 0) from sync.outbox o), x."table", x.row_id, x.workspace_id, x.kind, x.set, x.was,
      x.clock, x.at, x.verdict, x.version, x.lsn
    from (select w.* from work_outbox w where not exists (select from sync.outbox o where ${same('o', 'w')}) order by w.i) x;
  insert into sync.base as b ("table", row_id, workspace_id, "row")
    select w."table", w.row_id, w.workspace_id, w."row" from work_base w
    on conflict ("table", row_id) do update set "row" = excluded."row"
      where coalesce((excluded."row" ->> 'version')::bigint, 0) > coalesce((b."row" ->> 'version')::bigint, 0);`;

/** A row that does not fit is parked, as one from the server would be (R5). */
const show = `select sync.settle(b."table", b.row_id) from (select * from sync.base order by "table", row_id) b;`;
