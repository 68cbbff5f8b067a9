// The first load of one table of one workspace: snapshot and log of its shape by COPY, in small transactions, so that the
// interface has the first rows at once and the database between them. How far it has come is stored with the rows, in
// sync.loading: a load that was interrupted goes on from there. When everything that the server had is stored, the
// position is handed to pglite-sync, which follows the shape from then on (subscription.ts).
// Rows go past the triggers: the server has checked them, and their parents may still be on the way. A row that was
// changed here meanwhile goes through the view of server truth and is merged.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import { copyText } from './copy-text';
import { after, askPart, isLast, type Message, type Part, type PartOptions } from './parts';

/** Messages in one transaction: few at first, so that there is something to see; then as many as hold up nobody. */
const FIRST = 100;
const NEXT = 1_000;

export interface FirstLoadOptions extends PartOptions {
  readonly pg: PGliteInterface;
  readonly table: string;
  readonly workspaceId: string;
  /** Under which pglite-sync keeps the shape's position. */
  readonly key: string;
  /** The shape's address, with all parameters but handle and offset. */
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Runs what stores rows when nobody else stores some. @throws the signal's reason, or what it throws */
  inTurn(signal: AbortSignal, run: () => Promise<void>): Promise<void>;
  /** Resolves when everything that was committed is stored. */
  flush(): Promise<void>;
  /** So many more rows are stored. */
  stored(rows: number): void;
}

/** Where a load stands: `done` messages of the part after this offset are stored. */
export interface LoadPosition {
  readonly handle: string;
  readonly log_offset: string;
  readonly done: number;
  readonly lsn: string;
}

/** The server refused: 409 and 400 mean that the log is gone, and everything is to be fetched anew. */
export class LoadRefused extends Error {
  override readonly name = 'LoadRefused';
  constructor(readonly status: number) {
    super(`the shape was refused: ${status}`);
  }
}

/**
 * Loads from where it stands, or from the beginning.
 * @returns the last part, after which the server had nothing, and the position in its log up to which rows are stored
 * @throws LoadRefused, the signal's reason, or what the database throws: what is stored until then is in sync.loading
 */
export async function firstLoad(
  options: FirstLoadOptions,
  from: LoadPosition | null,
): Promise<{ last: Part; position: bigint }> {
  const { signal } = options;
  let lsn = BigInt(from?.lsn ?? 0);
  let done = from?.done ?? 0;
  let isFirst = from === null;
  let url = new URL(options.url);
  url.searchParams.set('offset', from?.log_offset ?? '-1');
  if (from) url.searchParams.set('handle', from.handle);
  for (;;) {
    const part = await askPart(options, url, { signal });
    if (part instanceof Response) throw new LoadRefused(part.status);
    const handle = part.headers.get('electric-handle')!;
    // At the beginning of a shape a server may give another one than it was asked for: it is not the one that is here in part.
    const known = url.searchParams.get('handle');
    if (known !== null && known !== handle) throw new LoadRefused(409);
    const at = { handle, log_offset: url.searchParams.get('offset')! };
    const changes = part.messages.filter(({ headers }) => headers.operation !== undefined);
    while (done < changes.length) {
      signal.throwIfAborted();
      const some = changes.slice(done, done + (isFirst ? FIRST : NEXT));
      for (const { headers } of some) {
        if (typeof headers.lsn === 'string' && BigInt(headers.lsn) > lsn) lsn = BigInt(headers.lsn);
      }
      done += some.length;
      isFirst = false;
      const isEnd = isLast(part) && done === changes.length;
      const position = { ...at, done, lsn: String(lsn) };
      await store(options, some, (tx) =>
        isEnd ? finish(tx, options, part, lsn) : reached(tx, options, position),
      );
      options.stored(some.length);
      if (isEnd) return { last: part, position: lsn };
    }
    signal.throwIfAborted();
    done = 0;
    if (isLast(part)) {
      // Nothing to flush: a position that is lost is asked for again.
      await options.inTurn(signal, () => finish(options.pg, options, part, lsn));
      return { last: part, position: lsn };
    }
    if (changes.length === 0 && url.searchParams.get('offset') === part.headers.get('electric-offset')) {
      await options.pause(signal, 1);
    }
    url = after(part, url);
  }
}

/** Stores them, and where the load stands then (`reach`), in one transaction. */
async function store(
  options: FirstLoadOptions,
  messages: readonly Message[],
  reach: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const { pg, table } = options;
  const attempt = (merge: boolean) =>
    pg.transaction(async (tx) => {
      await apply(tx, table, netOf(messages), merge);
      // Rows that were put in past the views are not noted by themselves.
      await tx.query(`select sync.note($1, '{*}')`, [table]);
      await tx.query(
        `update sync.client set clock_ms = seen + 1, clock_counter = 0
           from (select ceil(extract(epoch from $1::timestamptz) * 1000)::bigint as seen) x where clock_ms <= seen`,
        [newest(messages)],
      );
      await reach(tx);
    });
  await options.inTurn(options.signal, async () => {
    try {
      await attempt(false);
    } catch (error) {
      // It clashes with what was made here, or with rows that changed places meanwhile: merging knows what to do (R5).
      if (!isViolation(error)) throw error;
      await attempt(true);
    }
  });
  await options.flush();
}

const isViolation = (error: unknown) => /^23/.test((error as { code?: string }).code ?? '');

type Values = Readonly<Record<string, string | null>>;
/** What becomes of a row: it is written whole (`anew`: it may be there), some of its columns change, or (null) it goes. */
type Net = { readonly row: Values; readonly anew: boolean } | { readonly set: Values } | null;

/** What the messages do in the end, by id. */
function netOf(messages: readonly Message[]): Map<string, Net> {
  const net = new Map<string, Net>();
  for (const { headers, value = {} } of messages) {
    const id = value.id!;
    const before = net.get(id);
    if (headers.operation === 'delete') net.set(id, null);
    else if (headers.operation === 'insert') net.set(id, { row: value, anew: headers.lsn !== undefined });
    else if (before && 'row' in before) net.set(id, { ...before, row: { ...before.row, ...value } });
    else net.set(id, { set: { ...before?.set, ...value } });
  }
  return net;
}

/** @param merge through the view of server truth, whatever it is */
async function apply(
  tx: Transaction,
  table: string,
  net: ReadonlyMap<string, Net>,
  merge: boolean,
): Promise<void> {
  const { rows } = await tx.query<{ row_id: string }>(
    'select row_id from sync.base where "table" = $1 and row_id = any ($2::uuid[])',
    [table, [...net.keys()]],
  );
  const changedHere = new Set(rows.map((row) => row.row_id));
  const direct = [...net].filter(([id]) => !merge && !changedHere.has(id));
  const merged = [...net].filter(([id]) => merge || changedHere.has(id));
  await tx.exec('set local session_replication_role = replica');
  const going = direct.filter(([, what]) => what === null || ('row' in what && what.anew)).map(([id]) => id);
  if (going.length > 0) {
    await tx.query(`delete from public."${table}" where id = any ($1::uuid[])`, [going]);
  }
  for (const [id, what] of direct) if (what && 'set' in what) await update(tx, 'public', table, id, what.set);
  const whole = direct.flatMap(([, what]) => (what && 'row' in what ? [what.row] : []));
  if (whole.length > 0) {
    const columns = Object.keys(whole[0]!);
    const blob = copyText(whole.map((row) => columns.map((column) => row[column] ?? null)));
    await tx.query(`copy public."${table}" (${columns.map(quoted).join()}) from '/dev/blob'`, [], { blob });
  }
  if (merged.length === 0) return;
  // The view's own triggers put rows into sync.incoming.
  await tx.exec('set local session_replication_role = origin');
  for (const [id, what] of merged) {
    if (what === null) await tx.query(`delete from sync."${table}" where id = $1`, [id]);
    else if ('set' in what) await update(tx, 'sync', table, id, what.set);
    else {
      const columns = Object.keys(what.row);
      await tx.query(
        `insert into sync."${table}" (${columns.map(quoted).join()}) values (${columns.map((_, i) => `$${i + 1}`).join()})`,
        Object.values(what.row),
      );
    }
  }
  await tx.query(`select sync.apply_${table}(false)`);
}

const quoted = (column: string) => `"${column}"`;

async function update(
  tx: Transaction,
  schema: string,
  table: string,
  id: string,
  set: Values,
): Promise<void> {
  const columns = Object.keys(set).filter((column) => column !== 'id');
  if (columns.length === 0) return;
  const assignments = columns.map((column, i) => `${quoted(column)} = $${i + 2}`).join();
  await tx.query(`update ${schema}."${table}" set ${assignments} where id = $1`, [
    id,
    ...columns.map((column) => set[column]),
  ]);
}

/** The latest updated_at among them, as Postgres writes it; null when none says one. */
function newest(messages: readonly Message[]): string | null {
  let latest: string | null = null;
  for (const { value } of messages) {
    const at = value?.updated_at;
    if (at != null && (latest === null || at > latest)) latest = at;
  }
  return latest;
}

/** The load goes on from here. */
async function reached(tx: Transaction, { key }: FirstLoadOptions, at: LoadPosition): Promise<void> {
  await tx.query(
    `insert into sync.loading (key, handle, log_offset, done, lsn) values ($1, $2, $3, $4, $5)
       on conflict (key) do update set handle = $2, log_offset = $3, done = $4, lsn = $5`,
    [key, at.handle, at.log_offset, at.done, at.lsn],
  );
}

/** pglite-sync goes on from here. */
async function finish(
  tx: Pick<Transaction, 'query'>,
  { key }: FirstLoadOptions,
  part: Part,
  lsn: bigint,
): Promise<void> {
  const position = {
    handle: part.headers.get('electric-handle'),
    offset: part.headers.get('electric-offset'),
  };
  await tx.query(
    `with loaded as (delete from sync.loading where key = $1)
     insert into electric.subscriptions_metadata (key, shape_metadata, last_lsn) values ($1, $2, $3)
       on conflict (key) do update set shape_metadata = excluded.shape_metadata, last_lsn = excluded.last_lsn`,
    [key, { shape: position }, String(lsn)],
  );
}
