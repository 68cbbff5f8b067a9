// What stands in the way of a wished booking, as far as this device knows (C3: how old that is says the store's
// heardAt; somebody's private booking is known to the server only).
import { type RawBuilder, sql } from 'kysely';
import { formatRange, type Span } from './range';

export interface Wish {
  readonly resourceId: string;
  readonly spans: readonly Span[];
  /** The booking that is being changed: it does not stand in its own way. */
  readonly bookingId?: string | undefined;
}

export interface ClashRow {
  /** Which of the wished spans, from 0. */
  readonly wish: number;
  readonly id: string;
  readonly title: string;
  readonly user_id: string;
  /** Name of whoever made it; the member's name as it is now where there is one. */
  readonly author: string;
  readonly status: 'confirmed' | 'tentative';
  readonly private: boolean;
  /** ISO 8601 */
  readonly starts: string;
  readonly ends: string;
  /** The server has not seen it yet: it is on this device only. */
  readonly only_here: boolean;
}

/**
 * Bookings on this device that overlap the wish: the confirmed ones hold the time, the tentative ones only ask for it.
 * By wish, then by beginning.
 */
export function clashes(wish: Wish): RawBuilder<ClashRow> {
  const spans = wish.spans.map(formatRange);
  return sql<ClashRow>`
    with w as materialized (
      select n, t::tstzrange as during from unnest(${spans}::text[]) with ordinality as x (t, n)
    )
    select w.n::int - 1 as wish, b.id, b.title, b.user_id, coalesce(nullif(m.name, ''), b.author) as author, b.status,
           b.private, lower(b.during) as starts, upper(b.during) as ends, b.version = 0 as only_here
    from booking b
    join w on b.during && w.during
    left join member m on m.workspace_id = b.workspace_id and m.user_id = b.user_id
    where b.resource_id = ${wish.resourceId} and b.during && (select range_agg(during) from w)
      and b.status in ('confirmed', 'tentative') and b.id is distinct from ${wish.bookingId ?? null}::uuid
    order by w.n, b.status, b.during, b.id`;
}

export interface OwnConflictRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly resource_id: string;
  readonly title: string;
  readonly starts: string;
  readonly ends: string;
  /** The server has not answered it: the clash was found on this device. */
  readonly pending: boolean;
  /** Confirmed bookings that hold its time, as far as this device knows; none: the time may be free now. */
  readonly holders: number;
}

/**
 * A person's conflicted bookings without an open violation: found on this device and not yet on the server, or the
 * obstacle has gone and nobody has decided yet. For the Inbox, derived and not stored.
 */
export function conflictsWithoutCase(userId: string): RawBuilder<OwnConflictRow> {
  return sql<OwnConflictRow>`
    select b.id, b.workspace_id, b.resource_id, b.title, lower(b.during) as starts, upper(b.during) as ends,
           exists (select 1 from sync.outbox o where o."table" = 'booking' and o.row_id = b.id and o.verdict is null)
             as pending,
           (select count(*)::int from booking h where h.resource_id = b.resource_id and h.during && b.during
              and h.status = 'confirmed' and h.id <> b.id) as holders
    from booking b
    where b.user_id = ${userId} and b.status = 'conflicted'
      and not exists (select 1 from violation v where v.row_id = b.id and v.resolved_at is null)
    order by b.during, b.id`;
}
