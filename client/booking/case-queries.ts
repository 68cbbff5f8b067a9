// Reads of violations: both bookings as they are now, what was decided, and what of it the server has.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../db/schema';
import { bound, pending } from '../sync/react/sql';

type Db = Kysely<DB>;

/** One of the two bookings, as it is now on this device. */
export interface CaseBooking {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly starts: string;
  readonly ends: string;
  readonly resource_id: string;
  readonly resource: string;
}

/** The same as it stood when the clash was found; what the reader may not see is left out. */
export interface Stood {
  readonly title: string;
  readonly during: string;
  readonly resource_id: string;
  readonly status: string;
}

export interface Decision {
  readonly id: string;
  readonly choice: string;
  readonly detail: { resource_id?: string; during?: string };
  readonly user_id: string;
  readonly author: string;
  readonly outcome: string | null;
  readonly sentence: string;
  readonly created_at: string;
  /** It is on this device only. */
  readonly pending: boolean;
}

export interface CaseRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly row_id: string;
  readonly asked_by: string | null;
  readonly asked_name: string;
  readonly held_by: string | null;
  readonly held_name: string;
  readonly title: string;
  readonly detail: { meets?: string; asked?: Stood; held?: Stood };
  readonly detected_by: string;
  readonly proposal: { resource_id?: string; during?: string } | null;
  readonly outcome: string | null;
  readonly resolved_name: string;
  readonly resolved_at: string | null;
  readonly created_at: string;
  readonly asked: CaseBooking | null;
  readonly held: CaseBooking | null;
  readonly decisions: readonly Decision[];
}

const booking = (id: ReturnType<typeof sql>) => sql`(
  select json_build_object('id', b.id, 'title', b.title, 'status', b.status, 'starts', lower(b.during),
           'ends', upper(b.during), 'resource_id', b.resource_id, 'resource', r.name)
  from booking b left join resource r on r.id = b.resource_id where b.id = ${id})`;

function cases(where: ReturnType<typeof sql>, tail: ReturnType<typeof sql>) {
  return sql`
    select v.id, v.workspace_id, v.row_id, v.asked_by, v.asked_name, v.held_by, v.held_name, v.title, v.detail,
           v.detected_by, v.proposal, v.outcome, v.resolved_name, v.resolved_at, v.created_at,
           ${booking(sql`case when v.detail ? 'asked' then v.row_id end`)} as asked,
           ${booking(sql`case when v.detail ? 'asked' then v.other_id else v.row_id end`)} as held,
           coalesce((
             select json_agg(json_build_object('id', d.id, 'choice', d.choice, 'detail', d.detail, 'user_id', d.user_id,
                      'author', d.author, 'outcome', d.outcome, 'sentence', d.sentence, 'created_at', d.created_at,
                      'pending', ${pending('resolution', sql.ref('d.id'))}) order by d.created_at, d.id)
             from resolution d where d.violation_id = v.id), '[]') as decisions
    from violation v where v."table" = 'booking' and ${where} ${tail}`;
}

const party = (userId: string) =>
  sql`(v.asked_by = ${userId} or v.held_by = ${userId} or v.user_id = ${userId})`;

/** Open cases of a person, the newest first. */
export function openCases(db: Db, userId: string) {
  return bound<CaseRow>(
    db,
    cases(sql`v.resolved_at is null and ${party(userId)}`, sql`order by v.created_at desc, v.id`),
  );
}

/** Cases of a person that came to an end within the last 30 days, the newest first. */
export function settledCases(db: Db, userId: string) {
  return bound<CaseRow>(
    db,
    cases(
      sql`v.resolved_at > now() - interval '30 days' and ${party(userId)}`,
      sql`order by v.resolved_at desc, v.id limit 50`,
    ),
  );
}

export function caseById(db: Db, id: string) {
  return bound<CaseRow>(db, cases(sql`v.id = ${id}`, sql``));
}

/** How many clashes of bookings wait for a decision of this person, and how many were settled lately. */
export function caseCounts(db: Db, userId: string) {
  return bound<{ open: number; settled: number }>(
    db,
    sql`
      select (select count(*)::int from violation v where v.resolved_at is null
                and ${userId} in (v.asked_by, v.held_by, v.user_id))
             + (select count(*)::int from booking b where b.user_id = ${userId} and b.status = 'conflicted'
                and not exists (select 1 from violation v where v.row_id = b.id and v.resolved_at is null)) as open,
             (select count(*)::int from violation v where v.resolved_at > now() - interval '30 days'
                and ${userId} in (v.asked_by, v.held_by, v.user_id)) as settled`,
  );
}
