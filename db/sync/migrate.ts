// The migration runner, the same on the server's Postgres and on a device's PGlite: which files, in which order,
// each number in one transaction, each file once; then the machinery, whenever it is not what it was.
// It does no I/O of its own; see api/host/migrations.ts for the folder.

/**
 * One file of migrations/, by its path in there.
 * Tables and data: `NNNN_name.sql` for both sides, `NNNN_name.server.sql`, `NNNN_name.client.sql`.
 * Machinery, which holds no data: `room/both.sql`, `room/server.sql`, `room/client.sql`, `room/name.server.sql`, …
 */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

/** One connection that nobody else uses meanwhile. `exec` takes several statements. */
export interface MigrationConnection {
  query(sql: string, params?: unknown[]): Promise<{ rows: unknown[] }>;
  exec(sql: string): Promise<unknown>;
}

export type Side = 'server' | 'client';

export type MigrationErrorKind =
  | 'bad-name' // a file is named neither NNNN_name.sql nor room/side.sql, or two share one number
  | 'changed' // a file is not what it was when it was applied
  | 'missing' // an applied file is not among the files
  | 'out-of-order' // a file came to a number that the database is already past
  | 'newer' // the database was migrated by a newer version of the program
  | 'failed'; // the SQL failed; `cause` is the database's error

/** `message` is a sentence for whoever runs the program. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  constructor(
    readonly kind: MigrationErrorKind,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

interface Parsed extends MigrationFile {
  readonly number: number;
  readonly title: string;
  readonly variant: 'both' | Side;
}

/** Any number that only this program's migrations use as an advisory lock. */
const lockKey = 7_368_701;

/**
 * Brings the database to the newest of the files. Numbers that have no file for this side are passed over.
 * The machinery (functions, triggers and views of schema sync) is taken out and put in anew, in one transaction, when a
 * file of it, the definitions or the number changed: what depends on a table's columns follows them.
 * @param definitions what the machinery is told of the tables (db/sync/definitions.ts)
 * @returns the numbers before and after; 0 is an empty database.
 * @throws MigrationError; what was applied before the failing number stays.
 */
export async function migrate(
  connection: MigrationConnection,
  files: readonly MigrationFile[],
  side: Side,
  definitions: object = {},
): Promise<{ from: number; to: number }> {
  const wanted = numbered(files, side);
  if (side === 'server') await connection.query('select pg_advisory_lock($1)', [lockKey]);
  try {
    await connection.exec(`create schema if not exists sync;
      create table if not exists sync.migration (
        name        text primary key,
        number      integer not null,
        checksum    text not null,
        applied_at  timestamptz not null default now());
      create table if not exists sync.machinery (
        one         boolean primary key default true check (one),
        checksum    text not null,
        applied_at  timestamptz not null default now());`);
    const { from, missing } = await verify(connection, wanted);
    for (const number of new Set(missing.map((file) => file.number))) {
      await apply(
        connection,
        missing.filter((file) => file.number === number),
      );
    }
    const to = Math.max(from, ...wanted.map((file) => file.number));
    await applyMachinery(connection, machinery(files, side), definitions, to);
    return { from, to };
  } finally {
    if (side === 'server') await connection.query('select pg_advisory_unlock($1)', [lockKey]);
  }
}

/** @returns the number that a side is at when all files are applied. */
export function newest(files: readonly MigrationFile[], side: Side): number {
  const wanted = numbered(files, side);
  return Math.max(0, ...wanted.map((file) => file.number));
}

/** The core's migrations are called sync or sync_…; all others are the app's. Each of the two has an order of its own. */
export const isCore = (name: string) => /^\d{4}_sync[_.]/.test(name);

/** Compares the ledger with the files. @returns the database's number, and what is to be applied, in order */
async function verify(
  connection: MigrationConnection,
  wanted: readonly Parsed[],
): Promise<{ from: number; missing: Parsed[] }> {
  const ledger = await connection.query(
    'select name, number, checksum from sync.migration order by number, name',
  );
  const applied = ledger.rows as { name: string; number: number; checksum: string }[];
  const from = Math.max(0, ...applied.map((row) => row.number));
  const to = Math.max(0, ...wanted.map((file) => file.number));
  if (from > to) {
    throw new MigrationError(
      'newer',
      `The database is at migration ${from} and this version knows only ${to}: run the newer version.`,
    );
  }
  const sums = await checksums(
    connection,
    wanted.map((file) => file.sql),
  );
  for (const row of applied) {
    const file = wanted.findIndex((candidate) => candidate.name === row.name);
    if (file < 0)
      throw new MigrationError('missing', `Migration ${row.name} was applied and its file is gone.`);
    if (sums[file] !== row.checksum) {
      throw new MigrationError(
        'changed',
        `Migration ${row.name} was changed after it was applied: put it back and write a new one.`,
      );
    }
  }
  const missing = wanted.filter((file) => !applied.some((row) => row.name === file.name));
  // A newer core may come to an app that has gone on with numbers of its own.
  const reached = (core: boolean) =>
    Math.max(0, ...applied.filter(({ name }) => isCore(name) === core).map(({ number }) => number));
  const late = missing.find((file) => file.number <= reached(isCore(file.name)));
  if (late) {
    throw new MigrationError(
      'out-of-order',
      `Migration ${late.name} is new, but the database is already at ${reached(isCore(late.name))}: give it a higher number.`,
    );
  }
  return { from, missing };
}

async function apply(connection: MigrationConnection, files: readonly Parsed[]): Promise<void> {
  let at = '';
  await connection.exec('begin');
  try {
    for (const file of files) {
      at = file.name;
      await connection.exec(file.sql);
      await connection.query('insert into sync.migration (name, number, checksum) values ($1, $2, $3)', [
        file.name,
        file.number,
        await checksum(connection, file.sql),
      ]);
    }
    await connection.exec('commit');
  } catch (cause) {
    await connection.exec('rollback');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError('failed', `Migration ${at} failed: ${reason}`, { cause });
  }
}

/** Everything of schema sync that holds no data. Triggers go with their functions. */
const takeOut = `do $$
declare
  name text;
begin
  for name in select c.oid::regclass from pg_class c where c.relnamespace = 'sync'::regnamespace and c.relkind = 'v' loop
    execute format('drop view %s', name);
  end loop;
  for name in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'sync'::regnamespace loop
    execute format('drop routine %s cascade', name);
  end loop;
end $$`;

async function applyMachinery(
  connection: MigrationConnection,
  files: readonly MigrationFile[],
  definitions: object,
  number: number,
): Promise<void> {
  if (files.length === 0) return;
  const told = JSON.stringify(definitions);
  const now = await checksum(connection, JSON.stringify([number, told, files]));
  const { rows } = await connection.query('select 1 from sync.machinery where checksum = $1', [now]);
  if (rows.length > 0) return;
  let at = 'the machinery';
  await connection.exec('begin');
  try {
    // Functions may name tables and functions that come later.
    await connection.exec(`set local check_function_bodies = off; ${takeOut}`);
    for (const file of files) {
      at = file.name;
      await connection.exec(file.sql);
    }
    at = 'sync.build';
    await connection.query('select sync.build($1::jsonb)', [told]);
    await connection.query(
      `insert into sync.machinery (checksum) values ($1)
        on conflict (one) do update set checksum = excluded.checksum, applied_at = now()`,
      [now],
    );
    await connection.exec('commit');
  } catch (cause) {
    await connection.exec('rollback');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError('failed', `Migration ${at} failed: ${reason}`, { cause });
  }
}

async function checksum(connection: MigrationConnection, sql: string): Promise<string> {
  const [sum = ''] = await checksums(connection, [sql]);
  return sum;
}

/** The database computes them, because a page that is not a secure context has no crypto.subtle. */
async function checksums(connection: MigrationConnection, files: readonly string[]): Promise<string[]> {
  const texts = files.map((sql) => sql.replaceAll('\r\n', '\n'));
  const { rows } = await connection.query(
    `select encode(sha256(convert_to(t.text, 'UTF8')), 'hex') as checksum
       from unnest($1::text[]) with ordinality t (text, at) order by t.at`,
    [texts],
  );
  return (rows as { checksum: string }[]).map((row) => row.checksum);
}

/** The path of a file of the machinery; the last group is its side. */
export const machineryName = /^([a-z_]+)\/(?:[a-z_]+\.)?(both|server|client)\.sql$/;

/** Those of a side, the core before the features. */
function machinery(files: readonly MigrationFile[], side: Side): MigrationFile[] {
  const order = ({ name }: MigrationFile) => (name.startsWith('sync/') ? `0${name}` : `1${name}`);
  return files
    .filter(({ name }) => {
      const variant = machineryName.exec(name)?.[2];
      return variant === 'both' || variant === side;
    })
    .map(({ name, sql }) => ({ name, sql: sql.replaceAll('\r\n', '\n') }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function numbered(files: readonly MigrationFile[], side: Side): Parsed[] {
  return parse(files.filter(({ name }) => !machineryName.test(name))).filter(
    (file) => file.variant === 'both' || file.variant === side,
  );
}

/** In the order of application: by number, what both sides have before what one side has. */
function parse(files: readonly MigrationFile[]): Parsed[] {
  const parsed = files.map((file): Parsed => {
    const match = /^(\d{4})_([a-z0-9_]+)(?:\.(server|client))?\.sql$/.exec(file.name);
    if (!match) {
      throw new MigrationError(
        'bad-name',
        `${file.name} is named neither NNNN_name[.server|.client].sql nor room/[name.]both|server|client.sql.`,
      );
    }
    const [, digits = '', title = '', variant] = match;
    return { ...file, number: Number(digits), title, variant: (variant as Side | undefined) ?? 'both' };
  });
  for (const file of parsed) {
    const other = parsed.find((o) => o.number === file.number && o.title !== file.title);
    if (other) throw new MigrationError('bad-name', `${file.name} and ${other.name} share a number.`);
  }
  const rank = (file: Parsed) => (file.variant === 'both' ? 0 : 1);
  return parsed.sort((a, b) => a.number - b.number || rank(a) - rank(b));
}
