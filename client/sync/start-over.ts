// Starting over with a server: a new client id, and new counters for what is unanswered. The server does not know this
// device's counter, or knows it for other content, or is another database, or an older copy of the one it was.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { SessionAnswer } from '../../db/sync/wire';

/** ms, as `Date.now()` on this device. */
export interface Exchange {
  readonly sentAt: number;
  readonly heardAt: number;
}

/**
 * Server time minus device time, ms. The server's time lies somewhere between sending and hearing: a clock that may be
 * right is left alone.
 */
export function clockOffset(now: number, { sentAt, heardAt }: Exchange): number {
  return now >= sentAt && now <= heardAt ? 0 : Math.round(now - (sentAt + heardAt) / 2);
}

/**
 * Unanswered transactions keep their order and clocks and get new counters; that one of them took effect before is
 * harmless, because the same clock merges to the same row. The caller sees to it that nothing else counts meanwhile.
 */
export async function renumber(tx: Transaction): Promise<void> {
  await tx.exec(`update sync.outbox set n = 0 where verdict is not null;
    update sync.outbox o set n = r.rank from (
      select i, dense_rank() over (order by n, (case when n = 0 then i end)) as rank from sync.outbox where verdict is null
    ) r where o.i = r.i`);
  await tx.query(
    `update sync.client set client_id = $1, acknowledged = 0, current_xid = null,
       next_n = (select coalesce(max(n), 0) + 1 from sync.outbox where verdict is null)`,
    [crypto.randomUUID()],
  );
}

/**
 * Takes in what a server says of itself: which database it is, how far it has come, what time it is. Starts over when it
 * is not what this device knew. To be called when no table is followed.
 * @param forget drops what the source of rows keeps beside them: everything is fetched anew
 * @returns whether it started over, and whether that is because the server was restored from an older copy
 */
export async function meet(
  pg: PGliteInterface,
  server: Pick<SessionAnswer, 'serverId' | 'mark' | 'lostFrom' | 'now'>,
  exchange: Exchange,
  forget: (tx: Transaction) => Promise<void>,
): Promise<{ startedOver: boolean; restored: boolean }> {
  return await pg.transaction(async (tx) => {
    const { rows } = await tx.query<{ server_id: string | null }>('select server_id from sync.client');
    const known = rows[0]!.server_id;
    const isOther = known !== null && known !== server.serverId;
    const restored = !isOther && server.lostFrom !== null;
    // What another database had answered may be missing here and is sent again.
    if (isOther) await tx.exec('update sync.outbox set verdict = null, version = null, lsn = null');
    if (restored) {
      await tx.query('select sync.put_back($1)', [server.lostFrom]);
      await forget(tx);
    }
    if (isOther || restored) await renumber(tx);
    const offset = clockOffset(server.now, exchange);
    await tx.query(
      `update sync.client set server_id = $1, epoch = $2, epoch_version = $3, offset_ms = $4, clock_ms = ${notAhead}`,
      [server.serverId, server.mark.epoch, server.mark.version, offset],
    );
    return { startedOver: isOther || restored, restored };
  });
}

/** A clock that had run ahead is set right, so that it does not stay ahead for ever (M2); $4 is the new offset. */
export const notAhead =
  'least(clock_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint + $4::bigint + 60000)';
