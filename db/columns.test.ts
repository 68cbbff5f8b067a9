// S3, S4: a synced table gets a column. The machinery is made anew around it on both sides, and nothing unsent is lost.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { Client } from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { connectionOf, readMigrations } from '../api/host/migrations';
import { createTestDatabase, type TestDatabase } from '../scripts/testing/postgres';
import { type MigrationFile, migrate } from './sync/migrate';
import { columnsAt, type Schema } from './sync/schema';
import { schema, tableNames, tables } from './tables';

const files = readMigrations();
const more: MigrationFile = {
  name: '9000_more.sql',
  sql: `alter table task add column estimate integer;
    alter table task add column stage text not null default 'new';`,
};
const added = ['estimate', 'stage'];
const grown = {
  ...schema.machinery,
  access: schema.machinery.access.map((rule) =>
    rule.table === 'task'
      ? { ...rule, insertable: [...rule.insertable, ...added], updatable: [...rule.updatable, ...added] }
      : rule,
  ),
};
const [workspace, project, member, ours, theirs, parked, fresh] = Array.from({ length: 7 }, () =>
  crypto.randomUUID(),
);
const taskOf = (id: string | undefined, title: string, version: number) => ({
  ...{
    id,
    workspace_id: workspace,
    project_id: project,
    title,
    description: '',
    status: 'todo',
    priority: 0,
  },
  ...{ position: 'a0', author: '', version, created_at: '2026-01-01Z', updated_at: '2026-01-01Z' },
});

let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close) await one();
  close = [];
});

async function openDevice(): Promise<PGlite> {
  const pg = await PGlite.create({ extensions: { btree_gist } });
  close.push(() => pg.close());
  await migrate(pg, files, 'client', schema.machinery);
  await pg.query('insert into sync.client (client_id) values ($1)', [crypto.randomUUID()]);
  return pg;
}

/** As the read path brings it. */
async function arrive(pg: PGlite, row: object): Promise<void> {
  const names = Object.keys(row).map((name) => `"${name}"`);
  await pg.query(
    `insert into sync.task (${names}) select ${names} from jsonb_populate_record(null::public.task, $1)`,
    [row],
  );
  await pg.query('select sync.apply_task(false)');
}

describe('S4: a device is upgraded in place', () => {
  test('S4: a column is added under unsent work: it stays, is shown, and later rows have the column', async () => {
    const pg = await openDevice();
    await pg.exec(`set session_replication_role = replica;
      insert into workspace (id, name) values ('${workspace}', 'Station');
      insert into project (id, workspace_id, key, name, position) values ('${project}', '${workspace}', 'P', 'P', 'a0');
      set session_replication_role = origin;`);
    await arrive(pg, taskOf(theirs, 'Theirs', 3));
    // Unsent: one that was made here, one of the server's that was changed here.
    await pg.query(
      `insert into task (id, workspace_id, project_id, title, position) values ($1, $2, $3, 'Ours', 'a1')`,
      [ours, workspace, project],
    );
    await pg.query(`update task set title = 'Theirs, changed here' where id = $1`, [theirs]);
    await pg.query(
      `insert into sync.incoming ("table", row_id, "row", error) values ('task', $1, $2, 'parked')`,
      [parked, taskOf(parked, 'Parked', 4)],
    );
    const unsent = 'select i, n, kind, row_id, set, was, clock from sync.outbox order by i';
    const before = (await pg.query(unsent)).rows;
    expect(before).toHaveLength(2);

    await migrate(pg, [...files, more], 'client', grown);
    expect((await pg.query(unsent)).rows).toEqual(before);

    // The server's answer to both, and the rows of a server that has the column, and of one that has not.
    await arrive(pg, { ...taskOf(theirs, 'Theirs', 5), estimate: 3, stage: 'old' });
    await arrive(pg, taskOf(fresh, 'Fresh', 6));
    await pg.query(`update task set estimate = 8 where id = $1`, [fresh]);
    const { rows } = await pg.query('select title, estimate, stage from task order by title');
    expect(rows).toEqual([
      { title: 'Fresh', estimate: 8, stage: 'new' },
      { title: 'Ours', estimate: null, stage: 'new' },
      { title: 'Parked', estimate: null, stage: 'new' },
      { title: 'Theirs, changed here', estimate: 3, stage: 'old' },
    ]);
    expect((await pg.query('select error from sync.incoming')).rows).toEqual([]);
    const captured = await pg.query('select set, was from sync.outbox order by i desc limit 1');
    expect(captured.rows).toEqual([{ set: { estimate: 8 }, was: { estimate: null } }]);
    // What the outbox still holds of the row made before the column is settled with it.
    await pg.query('select sync.settle($1, $2)', ['task', ours]);
    expect((await pg.query('select stage from task where id = $1', [ours])).rows).toEqual([{ stage: 'new' }]);
  });

  test('S4: the machinery is made anew when a file of it changes, and only then', async () => {
    const pg = await openDevice();
    const made = 'select applied_at::text as at from sync.machinery';
    const [first] = (await pg.query<{ at: string }>(made)).rows;
    await migrate(pg, files, 'client', schema.machinery);
    expect((await pg.query(made)).rows).toEqual([first]);
    const changed = files.map((file) =>
      file.name === 'sync/client.sql'
        ? {
            ...file,
            sql: `${file.sql}\ncreate function sync.brand_new() returns int language sql as 'select 7';`,
          }
        : file,
    );
    await migrate(pg, changed, 'client', schema.machinery);
    expect((await pg.query('select sync.brand_new() as it')).rows).toEqual([{ it: 7 }]);
    expect((await pg.query(made)).rows).not.toEqual([first]);
    // What is not in the files any more is gone; a broken one changes nothing.
    await migrate(pg, files, 'client', schema.machinery);
    await expect(pg.query('select sync.brand_new()')).rejects.toThrow(/does not exist/);
    const broken = files.map((file) =>
      file.name === 'sync/client.sql' ? { ...file, sql: 'create function sync.half(' } : file,
    );
    await expect(migrate(pg, broken, 'client', schema.machinery)).rejects.toMatchObject({ kind: 'failed' });
    await pg.query('select sync.tick()');
  });
});

describe('S3: the columns of a version', () => {
  test('S3: are those that the migrations up to its number make, for each table', async () => {
    const pg = await PGlite.create({ extensions: { btree_gist } });
    close.push(() => pg.close());
    const numbered = files.filter(({ name }) => /^\d{4}_\w+\.sql$/.test(name));
    const numbers = numbered.map(({ name }) => Number(name.slice(0, 4)));
    expect(schema.version).toBeLessThanOrEqual(Math.max(...numbers));
    for (const number of numbers.filter((one) => one >= schema.firstVersion)) {
      await migrate(
        pg,
        numbered.filter(({ name }) => Number(name.slice(0, 4)) <= number),
        'client',
      );
      for (const name of tableNames) {
        const { rows } = await pg.query<{ attname: string }>(
          `select attname from pg_attribute where attrelid = to_regclass('public.' || $1) and attnum > 0
            and not attisdropped and attgenerated = ''`,
          [name],
        );
        if (rows.length === 0) continue;
        const made = rows.map(({ attname }) => attname).sort();
        expect([name, number, columnsAt(schema, name, number).sort()]).toEqual([name, number, made]);
      }
    }
  });

  test('S3: a column that came later is not in the versions before it', () => {
    const table = { ...tables.task, columns: [...tables.task.columns, 'estimate'], added: { estimate: 9 } };
    const grown: Schema = { ...schema, tables: { ...tables, task: table } };
    expect(columnsAt(grown, 'task', 9)).toEqual(table.columns);
    for (const version of [0, schema.firstVersion, 8])
      expect(columnsAt(grown, 'task', version)).toEqual(tables.task.columns);
  });
});

describe('S3: the server', () => {
  let database: TestDatabase;

  test('S3: serves writes of clients that do not know a column, and of those that do', async () => {
    database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    close.push(
      () => client.end(),
      () => database.drop(),
    );
    await client.query(`insert into workspace (id, name) values ('${workspace}', 'Station');
      insert into member (id, workspace_id, user_id, name, email, role)
        values ('${member}', '${workspace}', 'ada', 'Ada', 'ada@example.org', 'owner');
      insert into project (id, workspace_id, key, name, position) values ('${project}', '${workspace}', 'P', 'P', 'a0');`);
    await migrate(connectionOf(client), [...files, more], 'server', grown);
    let at = 0;
    const apply = async (kind: string, id: string | undefined, set: object) => {
      at++;
      const clock = `${Date.now().toString(16).padStart(12, '0')}-${at.toString(16).padStart(4, '0')}-abcdefabcdef`;
      const op = { kind, table: 'task', id, set, was: {}, clock };
      const { rows } = await client.query('select sync.apply_all($1, $2) as verdicts', [
        'ada',
        JSON.stringify([op]),
      ]);
      return rows[0].verdicts[0];
    };
    const { id: _, version: __, updated_at: ___, ...old } = taskOf(ours, 'Old client', 0);
    expect(await apply('insert', ours, { ...old, author_id: member })).toMatchObject({ status: 'applied' });
    expect(await apply('update', ours, { estimate: 5 })).toMatchObject({ status: 'applied' });
    expect(await apply('update', ours, { title: 'Old client again' })).toMatchObject({ status: 'applied' });
    expect(
      await apply('insert', theirs, { ...old, author_id: member, estimate: 2, stage: 'old' }),
    ).toMatchObject({
      status: 'applied',
    });
    const { rows } = await client.query('select id, title, estimate, stage from task order by estimate');
    expect(rows).toEqual([
      { id: theirs, title: 'Old client', estimate: 2, stage: 'old' },
      { id: ours, title: 'Old client again', estimate: 5, stage: 'new' },
    ]);
  });
});
