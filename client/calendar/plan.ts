// What an import has to do: the bookings of a file against those that are here from an earlier import. Pure.
import { overlaps, type Span } from '../../db/booking';
import type { CalendarFile, CalendarOccurrence } from '../../db/calendar/read';
import { bookingOf } from '../../db/calendar/write';
import { derivedId } from '../../db/sync/ids';

/** A booking that is here and came from a calendar. */
export interface Imported {
  readonly id: string;
  readonly resourceId: string;
  readonly source: string;
  readonly title: string;
  readonly notes: string;
  readonly span: Span;
  readonly status: string;
  readonly private: boolean;
  /** The person who imports may change it. */
  readonly changeable: boolean;
}

type Status = 'confirmed' | 'tentative';

export interface Insert {
  readonly id: string;
  readonly source: string;
  readonly seriesId: string | null;
  readonly occurrence: CalendarOccurrence;
  readonly status: Status;
}

export interface Change {
  readonly id: string;
  readonly set: { title?: string; notes?: string; private?: boolean; span?: Span; status?: Status };
}

export interface Plan {
  readonly inserts: readonly Insert[];
  readonly changes: readonly Change[];
  /** Ids of bookings that the file has cancelled, or has no more. */
  readonly cancels: readonly string[];
  readonly unchanged: number;
  /** Those that the file has otherwise, and that stay: cancelled or moved here, or somebody else's. */
  readonly left: number;
  /** Of the inserts and changes: tentative because the time is taken, as far as this device knows. */
  readonly clashing: number;
}

const keyed = /^(.*)#(\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?)$/s;

export const sourceOf = ({ uid, key }: CalendarOccurrence): string => (key === null ? uid : `${uid}#${key}`);

/**
 * @param file what the file says
 * @param here bookings of the workspace that came from calendars, as far as this device knows
 * @param known ids of all bookings that a UID of ours names and that are here
 * @param busy confirmed bookings of the resource, by id
 */
export function planImport(
  file: CalendarFile,
  context: {
    readonly resourceId: string;
    readonly userId: string;
    readonly here: readonly Imported[];
    readonly known: ReadonlySet<string>;
    readonly busy: ReadonlyMap<string, Span>;
  },
): Plan {
  const { resourceId, userId } = context;
  const own = context.here.filter((booking) => booking.resourceId === resourceId);
  const bySource = new Map(own.map((booking) => [booking.source, booking]));
  const byId = new Map(context.here.map((booking) => [booking.id, booking]));
  const busy = new Map(context.busy);
  const wanted: { occurrence: CalendarOccurrence; before: Imported | null; id: string }[] = [];
  const cancels: string[] = [];
  const met = new Set<string>();
  let unchanged = 0;
  let left = 0;

  for (const occurrence of file.occurrences) {
    const ours = bookingOf(occurrence.uid);
    if (ours !== null && context.known.has(ours)) {
      unchanged++;
      continue;
    }
    const source = sourceOf(occurrence);
    // Private ones are known to their person only: two people's must not meet in one row.
    const id = derivedId(`calendar ${resourceId} ${occurrence.private ? userId : ''} ${source}`);
    const before = bySource.get(source) ?? byId.get(id) ?? null;
    if (before) met.add(before.id);
    if (before && (before.status === 'cancelled' || before.resourceId !== resourceId || !before.changeable)) {
      if (occurrence.status === 'cancelled' && before.status === 'cancelled') unchanged++;
      else if (
        before.status !== 'cancelled' &&
        before.resourceId === resourceId &&
        same(before, occurrence)
      ) {
        unchanged++;
      } else left++;
    } else if (occurrence.status === 'cancelled') {
      if (before) cancels.push(before.id);
    } else wanted.push({ occurrence, before, id });
  }

  for (const booking of own) {
    const [, uid = booking.source, key] = keyed.exec(booking.source) ?? [];
    const complete = file.complete.get(uid);
    if (!complete || met.has(booking.id) || booking.status === 'cancelled') continue;
    if (complete.unread.has(key ?? '')) continue;
    const { window } = complete;
    if (window && (booking.span.start < window.from || booking.span.start >= window.to)) continue;
    if (booking.changeable) cancels.push(booking.id);
    else left++;
  }

  // What goes or moves frees its time before anything takes it.
  for (const id of cancels) busy.delete(id);
  for (const { before, occurrence } of wanted) {
    if (before && !sameSpan(before.span, occurrence.span)) busy.delete(before.id);
  }
  const taken = [...busy].map(([id, span]) => ({ id, span }));
  const isFree = (id: string, span: Span) =>
    !taken.some((other) => other.id !== id && overlaps(other.span, span));

  const inserts: Insert[] = [];
  const changes: Change[] = [];
  let clashing = 0;
  // Those that are here before those that are new.
  for (const { occurrence, before, id } of [...wanted].sort(
    (a, b) => Number(!a.before) - Number(!b.before),
  )) {
    const at = before?.id ?? id;
    const free = isFree(at, occurrence.span);
    const status: Status = occurrence.status === 'confirmed' && free ? 'confirmed' : 'tentative';
    const clashes = occurrence.status === 'confirmed' && !free;
    if (before) {
      const set = changed(before, occurrence, status);
      if (Object.keys(set).length === 0) unchanged++;
      else {
        changes.push({ id: before.id, set });
        if (clashes && set.status && before.status !== 'tentative') clashing++;
      }
      if ((set.status ?? before.status) === 'confirmed') taken.push({ id: at, span: occurrence.span });
    } else {
      const series = occurrence.key === null ? null : derivedId(`calendar ${resourceId} ${occurrence.uid}`);
      inserts.push({ id, source: sourceOf(occurrence), seriesId: series, occurrence, status });
      if (clashes) clashing++;
      if (status === 'confirmed') taken.push({ id, span: occurrence.span });
    }
  }
  return { inserts, changes, cancels, unchanged, left, clashing };
}

const sameSpan = (one: Span, other: Span) => one.start === other.start && one.end === other.end;

function same(before: Imported, { span, title, notes, private: isPrivate }: CalendarOccurrence): boolean {
  return (
    sameSpan(before.span, span) &&
    before.title === title &&
    before.notes === notes &&
    before.private === isPrivate
  );
}

/** A booking that stands where the file has it keeps what was decided about it: it may be conflicted, or wait. */
function changed(before: Imported, occurrence: CalendarOccurrence, status: Status): Change['set'] {
  const moved = !sameSpan(before.span, occurrence.span);
  const decided = before.status === 'conflicted' && occurrence.status === 'confirmed';
  return {
    ...(before.title === occurrence.title ? {} : { title: occurrence.title }),
    ...(before.notes === occurrence.notes ? {} : { notes: occurrence.notes }),
    ...(before.private === occurrence.private ? {} : { private: occurrence.private }),
    // One that moves lets go of its time on the way, so it is always said what it is afterwards.
    ...(moved ? { span: occurrence.span, status } : {}),
    ...(moved || before.status === status || decided ? {} : { status }),
  };
}
