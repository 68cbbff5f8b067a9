// The nearest free alternatives to a wished booking, in SQL on this device: the same resource at other times, and
// other resources of its kind at the same time. Opening hours are respected; so is what this device does not know: the
// server has the last word.
import { type RawBuilder, sql } from 'kysely';
import { formatRange, type Span } from './range';

export interface AlternativesWish {
  readonly resourceId: string;
  readonly span: Span;
  /** The booking that is being changed: it does not stand in its own way. */
  readonly bookingId?: string | undefined;
  /** Seats or places that are needed; absent: as many as the wished resource has. */
  readonly capacity?: number | undefined;
  /** Nothing is offered that begins before this (ms); usually now. */
  readonly notBefore: number;
  /** How many of each sort, at most. */
  readonly limit?: number;
}

export interface AlternativeRow {
  readonly sort: 'time' | 'resource';
  readonly resource_id: string;
  readonly name: string;
  readonly capacity: number;
  readonly time_zone: string;
  /** ISO 8601 */
  readonly starts: string;
  readonly ends: string;
}

/** How far around the wish other times are looked for. */
const DAYS = 14;

/**
 * Other times first, the nearest first; then other resources: large enough ones before smaller ones, the nearest in
 * capacity first. Candidates for other times are the ends and beginnings of what is booked, the same time on other
 * days, and the opening and closing of each day.
 */
export function alternatives(wish: AlternativesWish): RawBuilder<AlternativeRow> {
  const limit = wish.limit ?? 3;
  const range = formatRange(wish.span);
  const notBefore = new Date(wish.notBefore).toISOString();
  const self = sql`${wish.bookingId ?? null}::uuid`;
  return sql<AlternativeRow>`
    with wish as materialized (
      select r.id, r.workspace_id, r.kind, r.name, r.capacity, r.time_zone, r.opens, r.closes, r.open_days,
             coalesce(${wish.capacity ?? null}::int, r.capacity) as wanted,
             d.during, lower(d.during) as starts, upper(d.during) - lower(d.during) as lasts,
             sync.wall(lower(d.during), r.time_zone) as wall
      from resource r, (select ${range}::tstzrange as during) d where r.id = ${wish.resourceId}
    ), busy as materialized (
      select b.during from booking b, wish w
      where b.resource_id = w.id and b.status = 'confirmed' and b.id is distinct from ${self}
        and b.during && tstzrange(w.starts - ${DAYS + 1} * interval '1 day', w.starts + w.lasts + ${DAYS + 1} * interval '1 day')
    ), day as (
      select n, date_trunc('day', w.wall) + n * interval '1 day' as midnight
      from wish w, generate_series(${-DAYS}::int, ${DAYS}::int) n
    ), candidate as (
      select upper(during) as starts from busy
      union select lower(b.during) - w.lasts from busy b, wish w
      union select sync.instant(w.wall + d.n * interval '1 day', w.time_zone) from wish w, day d
      union select sync.instant(d.midnight + w.opens, w.time_zone) from wish w, day d
      union select sync.instant(d.midnight + w.closes, w.time_zone) - w.lasts from wish w, day d
    ), other_time as (
      select w.id, w.name, w.capacity, w.time_zone, c.starts, c.starts + w.lasts as ends,
             abs(extract(epoch from c.starts - w.starts)) as away
      from candidate c, wish w
      where c.starts >= ${notBefore}::timestamptz and c.starts <> w.starts
        and c.starts between w.starts - ${DAYS} * interval '1 day' and w.starts + ${DAYS} * interval '1 day'
        and not exists (select from busy b where b.during && tstzrange(c.starts, c.starts + w.lasts))
        and sync.is_open(w.time_zone, w.opens, w.closes, w.open_days, c.starts, c.starts + w.lasts)
      order by away, c.starts limit ${limit}
    ), other_resource as (
      select r.id, r.name, r.capacity, r.time_zone, w.starts, w.starts + w.lasts as ends,
             (r.capacity < w.wanted)::int as too_small, abs(r.capacity - w.wanted) as away, r.position
      from wish w join resource r on r.workspace_id = w.workspace_id and r.kind = w.kind and r.id <> w.id
      where not r.archived and w.starts >= ${notBefore}::timestamptz
        and not exists (select from booking b where b.resource_id = r.id and b.status = 'confirmed'
          and b.during && w.during and b.id is distinct from ${self})
        and sync.is_open(r.time_zone, r.opens, r.closes, r.open_days, w.starts, w.starts + w.lasts)
      order by too_small, away, r.position, r.id limit ${limit}
    )
    select sort, id as resource_id, name, capacity, time_zone, starts, ends from (
      select 'time' as sort, id, name, capacity, time_zone, starts, ends, row_number() over (order by away, starts) as at
      from other_time
      union all
      select 'resource', id, name, capacity, time_zone, starts, ends,
             row_number() over (order by too_small, away, position, id) from other_resource
    ) a order by sort desc, at`;
}
