// What this device knows about a wished time, before it is saved: who holds it, who else asks for it, how old that
// knowledge is (C3), and what is free nearby.
import { differenceInCalendarDays } from 'date-fns';
import { Check, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { type AlternativeRow, alternatives } from '../../db/booking/alternatives';
import { type ClashRow, clashes } from '../../db/booking/clashes';
import type { Span } from '../../db/booking/range';
import { useSession } from '../account';
import { useNow } from '../kit/now';
import { visible } from '../kit/visible';
import { ago, format } from '../kit/when';
import { bound } from '../sync/react/sql';
import { useLiveTagged, useStatus } from '../sync/react/store-context';
import { spanText, whenText } from './grid-time';

export interface Advice {
  /** Confirmed bookings in the way; undefined: not known yet. */
  readonly taken: readonly ClashRow[] | undefined;
  /** Tentative ones: they ask for the time as well, and hold nothing. */
  readonly asked: readonly ClashRow[];
  /** Free alternatives to the first wish that is taken. */
  readonly free: readonly AlternativeRow[];
}

const none: readonly never[] = [];

/** @param spans what is wished for; none while it cannot be told */
export function useAdvice(resourceId: string, spans: readonly Span[], bookingId: string | undefined): Advice {
  const key = `${resourceId} ${bookingId ?? ''} ${spans.map((s) => `${s.start}-${s.end}`).join(' ')}`;
  const live = useLiveTagged<ClashRow, string>(
    (db) => (spans.length > 0 ? bound(db, clashes({ resourceId, spans, bookingId })) : null),
    [key],
    key,
  );
  const found = live?.tag === key ? live.rows : undefined;
  const taken = useMemo(() => found?.filter((clash) => clash.status === 'confirmed'), [found]);
  const first = taken?.[0] ? spans[taken[0].wish] : undefined;
  const free = useFree(first ? { resourceId, span: first, bookingId } : null);
  return {
    taken: spans.length === 0 ? none : taken,
    asked: found?.filter((clash) => clash.status === 'tentative') ?? none,
    free,
  };
}

/** The nearest free alternatives to a wish; null asks for nothing. */
export function useFree(
  wish: { resourceId: string; span: Span; bookingId?: string | undefined; limit?: number } | null,
): readonly AlternativeRow[] {
  // The same question for a while, so that the answer does not run again with each tick.
  const notBefore = Math.floor(useNow(60_000) / 900_000) * 900_000;
  const key = wish
    ? `${wish.resourceId} ${wish.bookingId ?? ''} ${wish.span.start}-${wish.span.end} ${notBefore}`
    : '';
  const live = useLiveTagged<AlternativeRow, string>(
    (db) => (wish ? bound(db, alternatives({ ...wish, notBefore })) : null),
    [key],
    key,
  );
  return live?.tag === key ? live.rows : none;
}

/** "As of 3 minutes ago, offline." */
export function Age() {
  const status = useStatus();
  const now = useNow(10_000);
  const heard =
    status.heardAt === null ? 'Never compared with the server' : `As of ${ago(status.heardAt, now)}`;
  return (
    <span data-age>
      {heard}
      {status.network === 'offline' ? ', offline' : ''}.
    </span>
  );
}

/** "Room B" for another resource, "12:00–13:00" or with the day for another time. */
export function alternativeText(row: AlternativeRow, wished: Span): string {
  const start = Date.parse(row.starts);
  const end = Date.parse(row.ends);
  if (row.sort === 'resource') return visible(row.name, 'No visible name');
  const days = differenceInCalendarDays(start, wished.start);
  const span = spanText(start, end);
  if (days === 0) return span;
  return `${format(start, 'EEE d MMM')}, ${span}`;
}

export function AdviceBox(props: {
  advice: Advice;
  spans: readonly Span[];
  onChoose: (row: AlternativeRow) => void;
}) {
  const { taken, asked, free } = props.advice;
  const userId = useSession()?.user.id;
  const who = (clash: ClashRow) => (clash.user_id === userId ? 'You' : clash.author || 'Somebody');
  if (props.spans.length === 0) return null;
  if (taken === undefined) return <p className="text-xs text-ink-3">Looking for clashes…</p>;
  const weeks = new Set(taken.map((clash) => clash.wish)).size;
  const wished = props.spans[taken[0]?.wish ?? 0]!;
  return (
    <div aria-live="polite" className="flex flex-col gap-2">
      {taken.length === 0 ? (
        <p className="flex items-center gap-1.5 text-xs text-ink-2">
          <Check size={13} className="shrink-0 text-ok" aria-hidden />
          <span>
            Free, as far as this device knows. <Age />
          </span>
        </p>
      ) : (
        <section aria-label="Clash" className="rounded-lg bg-warn-soft p-3 text-ink">
          <p className="flex items-center gap-1.5 font-[600] text-warn">
            <TriangleAlert size={14} aria-hidden />
            {props.spans.length > 1
              ? `${weeks} of ${props.spans.length} weeks are taken`
              : 'This time is taken'}
          </p>
          <ul className="mt-1 flex flex-col gap-0.5">
            {taken.slice(0, 4).map((clash) => (
              <li key={`${clash.wish}-${clash.id}`} className="[overflow-wrap:anywhere]">
                <strong className="font-[600]">{who(clash)}</strong>: “{clash.title}”,{' '}
                <span className="tabular-nums">
                  {whenText(Date.parse(clash.starts), Date.parse(clash.ends))}
                </span>
                {clash.only_here ? ' (on this device only)' : ''}
              </li>
            ))}
            {taken.length > 4 ? <li>and {taken.length - 4} more</li> : null}
          </ul>
          {free.length > 0 ? (
            <div className="mt-2.5">
              <p className="text-xs text-ink-2">Free nearby</p>
              <div className="mt-1 flex flex-wrap gap-1.5">
                {free.map((row) => (
                  <FreeButton
                    key={`${row.sort}-${row.resource_id}-${row.starts}`}
                    row={row}
                    wished={wished}
                    onChoose={() => props.onChoose(row)}
                  />
                ))}
              </div>
            </div>
          ) : null}
          <p className="mt-2 text-xs text-ink-2">
            <Age /> Private bookings of others are known to the server only.
          </p>
        </section>
      )}
      {asked.length > 0 ? (
        <p className="text-xs text-ink-2">
          Also asked for, not held: {asked.map((clash) => `${who(clash)}, “${clash.title}”`).join('; ')}
        </p>
      ) : null}
    </div>
  );
}

export function FreeButton(props: {
  row: AlternativeRow;
  wished: Span;
  verb?: string;
  onChoose: () => void;
}) {
  const text = alternativeText(props.row, props.wished);
  return (
    <button
      type="button"
      onClick={props.onChoose}
      aria-label={props.verb ? `${props.verb} ${text}` : undefined}
      title={
        props.row.sort === 'resource'
          ? `${props.row.name}, at the same time, for ${props.row.capacity}`
          : undefined
      }
      className="inline-flex h-7 max-w-full items-center rounded-md bg-surface px-2 text-xs font-[550] text-ink tabular-nums ring-1 ring-line-strong ring-inset hover:bg-hover"
    >
      <span className="truncate">{text}</span>
    </button>
  );
}
