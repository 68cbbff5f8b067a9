// Reads how the database of this device and its sync stand (diagnosed.ts).
import type { Schema } from '../../db/sync/schema';
import { type Database, PGLITE_VERSION } from './database';
import type { Diagnostics, ShapeState } from './diagnosed';
import type { PastProblem } from './past-problems';
import { startMarks } from './start-marks';
import type { Status } from './store';

/** @throws what the database throws */
export async function diagnose(
  { database, schema }: { readonly database: Database; readonly schema: Schema },
  status: Status,
  shapes: readonly ShapeState[],
  problems: readonly PastProblem[],
): Promise<Diagnostics> {
  const { pg } = database;
  const counted = await pg.query<{ table: string; workspace: string | null; rows: number }>(
    schema.names
      .map((name) => {
        const { scope } = schema.tables[name]!;
        return `select '${name}' as table, ${scope}::text as workspace, count(*)::int as rows from public.${name} group by 2`;
      })
      .join(' union all '),
  );
  const { rows: facts } = await pg.query<Facts>(factsQuery);
  const fact = facts[0]!;
  const rowsOf = (is: (row: { table: string; workspace: string | null }) => boolean) =>
    counted.rows.filter(is).reduce((sum, { rows }) => sum + rows, 0);
  return {
    at: Date.now(),
    engine: { pglite: PGLITE_VERSION, postgres: fact.postgres, storage: database.storage },
    database: {
      size: Number(fact.size),
      disk: database.usage(),
      memory: (pg.Module as unknown as { HEAPU8: Uint8Array }).HEAPU8.byteLength,
      migration: fact.migration,
    },
    tables: schema.names.map((table) => ({ table, rows: rowsOf((row) => row.table === table) })),
    shapes: shapes.map((shape) => ({
      ...shape,
      rows: rowsOf((row) => row.table === shape.table && row.workspace === shape.workspaceId),
    })),
    outbox: {
      ...{ waiting: fact.waiting, sending: status.sending, answered: fact.answered },
      oldest: fact.oldest === null ? null : Number(fact.oldest),
      ...{ refused: fact.refused, held: fact.held, parked: fact.parked },
    },
    problems,
    start: startMarks(),
  };
}

interface Facts {
  readonly postgres: string;
  readonly size: string;
  readonly migration: number;
  readonly waiting: number;
  readonly answered: number;
  readonly oldest: string | null;
  readonly refused: number;
  readonly held: number;
  readonly parked: number;
}

const factsQuery = `select current_setting('server_version') as postgres,
    pg_database_size(current_database())::text as size,
    (select max(number) from sync.migration) as migration,
    o.*, r.*, (select count(*)::int from sync.incoming where error is not null) as parked
  from (select count(distinct n) filter (where verdict is null)::int as waiting,
      count(*) filter (where verdict is not null)::int as answered,
      floor(extract(epoch from min(at) filter (where verdict is null)) * 1000)::text as oldest from sync.outbox) o,
    (select count(*) filter (where held_by is null)::int as refused,
      count(*) filter (where held_by is not null)::int as held from sync.refused) r`;
