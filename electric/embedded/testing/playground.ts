// A table for one random history, with an audit of every row change, and the writers that play the history on it.
import type { Client } from 'pg';
import type { History, Operation, TableKind, Transaction, Values } from './history';
import type { Row } from './reader';

/** One row version, in the order in which each row's versions were made. */
export interface AuditEntry {
  readonly xid: bigint;
  readonly ident: string;
  /** The shape's columns as text; null when the row was deleted here or is not in the shape. */
  readonly row: Row | null;
}

const identities: Record<TableKind, string> = {
  plain: 'id::text',
  composite: "part || ' ' || id",
  keyless: 'tag::text',
};

const keys: Record<TableKind, string> = {
  plain: ', primary key (id)',
  composite: ', primary key (part, id)',
  keyless: '',
};

export const columns = ['id', 'part', 'tag', 'grp', 'name', 'amount', 'flag', 'long'];
export const fewColumns: Record<TableKind, readonly string[]> = {
  plain: ['id', 'name', 'long'],
  composite: ['part', 'id', 'grp'],
  keyless: columns,
};

export class Playground {
  /** Where the WAL was after each transaction that committed, by its id. */
  readonly committed = new Map<bigint, bigint>();

  private constructor(
    readonly table: string,
    private readonly admin: Client,
  ) {}

  static async make(admin: Client, table: string, { table: kind, rowsBefore }: History): Promise<Playground> {
    const ident = (row: string) => identities[kind].replace(/\b(id|part|tag)\b/g, `${row}.$1`);
    await admin.query(`
      create table ${table} (
        id int not null, part text not null default 'p/q', tag uuid not null default gen_random_uuid(),
        grp int, name text, amount numeric, flag boolean, long text storage external${keys[kind]}
      );
      create table ${table}_audit (seq bigserial, xid bigint, ident text, content jsonb);
      create function ${table}_audit() returns trigger language plpgsql as $$
      declare x bigint := pg_current_xact_id()::text::bigint;
      begin
        if tg_op = 'DELETE' or tg_op = 'UPDATE' and ${ident('old')} <> ${ident('new')} then
          insert into ${table}_audit (xid, ident) values (x, ${ident('old')});
        end if;
        if tg_op <> 'DELETE' then
          insert into ${table}_audit (xid, ident, content) values (x, ${ident('new')}, to_jsonb(new));
        end if;
        return null;
      end $$;
      create trigger audit after insert or update or delete on ${table} for each row execute function ${table}_audit();
      insert into ${table} (id, part, grp, name, amount, flag)
        select i, 'p/' || i % 2, i % 4 + 1, 'Anna', i, i % 2 = 0 from generate_series(1, ${rowsBefore}) i;
    `);
    return new Playground(table, admin);
  }

  async drop(): Promise<void> {
    await this.admin.query(
      `drop table ${this.table}, ${this.table}_audit; drop function ${this.table}_audit`,
    );
  }

  /** Plays one writer's transactions; a transaction that fails on a conflict is rolled back, as in life. */
  async play(writer: Client, transactions: readonly Transaction[]): Promise<void> {
    for (const { operations, commits, pause } of transactions) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        await writer.query('begin');
        const { rows } = await writer.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
        for (const operation of operations) await this.apply(writer, operation);
        if (!commits) {
          await writer.query('rollback');
          continue;
        }
        await writer.query('commit');
        const after = await writer.query<{ lsn: string }>(
          "select (pg_current_wal_insert_lsn() - '0/0')::text as lsn",
        );
        this.committed.set(BigInt(rows[0]!.xid), BigInt(after.rows[0]!.lsn));
      } catch (error) {
        await writer.query('rollback');
        // 40…: deadlock, 23505: somebody else made the row.
        if (!(error instanceof Error && 'code' in error && /^(40|23505)/.test(String(error.code))))
          throw error;
      }
    }
  }

  private async apply(writer: Client, operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'insert': {
        const { grp, name, amount, flag, long } = operation.values;
        await writer.query(
          `insert into ${this.table} (id, part, grp, name, amount, flag, long)
           values ($1, $2, $3, $4, $5, $6, ${longText('$7')}) on conflict do nothing`,
          [operation.id, `p/${operation.id % 2}`, grp, name, amount, flag, long],
        );
        return;
      }
      case 'update': {
        const entries = Object.entries(operation.values) as [keyof Values, unknown][];
        const sets = entries.map(
          ([name], i) => `${name} = ${name === 'long' ? longText(`$${i + 2}`) : `$${i + 2}`}`,
        );
        await writer.query(`update ${this.table} set ${sets.join(', ')} where id = $1`, [
          operation.id,
          ...entries.map(([, value]) => value),
        ]);
        return;
      }
      case 'delete':
        await writer.query(`delete from ${this.table} where id = $1`, [operation.id]);
        return;
      case 'rekey':
        await writer.query(`update ${this.table} set id = $2, part = 'p/' || part where id = $1`, [
          operation.id,
          operation.to,
        ]);
        return;
      case 'many':
        await writer.query(
          `insert into ${this.table} (id, grp, name, amount, flag)
           select i, $3, 'many', i % 9, i % 2 = 0 from generate_series($1::int, $1 + $2) i on conflict do nothing`,
          [operation.from, operation.count, operation.grp],
        );
        await writer.query(`delete from ${this.table} where id > $1 + 20 and id <= $1 + 80`, [
          operation.from,
        ]);
    }
  }

  /** Every row version, seen through a shape's where clause and columns. */
  async audit(where: string, params: readonly string[], shown: readonly string[]): Promise<AuditEntry[]> {
    const { rows } = await this.admin.query<{ xid: string; ident: string; row: Row | null }>(
      `select a.xid::text as xid, a.ident,
         case when a.content is not null and (${where}) then
           (select row_to_json(x) from (select ${shown.map((c) => `t.${c}::text as ${c}`).join(', ')}) x)
         end as row
       from ${this.table}_audit a
       left join lateral (select (jsonb_populate_record(null::${this.table}, a.content)).*) t on true
       order by a.seq`,
      [...params],
    );
    return rows.map(({ xid, ident, row }) => ({ xid: BigInt(xid), ident, row }));
  }

  /** The rows as a query finds them now. */
  async select(where: string, params: readonly string[], shown: readonly string[]): Promise<Row[]> {
    const list = shown.map((c) => `${c}::text as ${c}`).join(', ');
    const { rows } = await this.admin.query<Row>(
      `select ${list} from (select * from ${this.table} where ${where}) t`,
      [...params],
    );
    return rows;
  }
}

/** SQL for text of some length that does not compress; the parameter is the length. */
function longText(parameter: string): string {
  return `(select string_agg(md5(random()::text), '') from generate_series(1, ${parameter}::int / 32 + 1))`;
}
