// A booking in the grid: when, what, who; whether it holds the time; whether the server has it.
import clsx from 'clsx';
import { CloudUpload, Lock, Repeat, TriangleAlert } from 'lucide-react';
import { type CSSProperties, type FocusEvent, type KeyboardEvent, memo } from 'react';
import { visible } from '../kit/visible';
import { ROW_PX } from './drag';
import { StatusSign, statusWords } from './facts';
import { spanText } from './grid-time';
import type { Segment } from './lanes';
import type { BookingRow } from './queries';

/** Stripes say "not held" where colour alone would. */
const stripes =
  'repeating-linear-gradient(135deg, color-mix(in oklab, var(--c) 16%, transparent) 0 5px, transparent 5px 10px)';

export function bookingStyle(status: string, color: string): CSSProperties {
  const base = { '--c': color } as CSSProperties;
  if (status === 'confirmed') {
    return { ...base, backgroundColor: 'color-mix(in oklab, var(--c) 16%, var(--card))' };
  }
  if (status === 'conflicted') {
    return { ...base, backgroundColor: 'var(--danger-soft)' };
  }
  return { ...base, backgroundColor: 'var(--card)', backgroundImage: stripes };
}

/** One sentence for those who do not see it. */
export function bookingName(booking: BookingRow, resource: string): string {
  const start = Date.parse(booking.starts);
  return [
    visible(booking.title, 'Booking without a visible title'),
    spanText(start, Date.parse(booking.ends)),
    resource,
    booking.author || null,
    statusWords[booking.status] ?? booking.status,
    booking.private ? 'private' : null,
    booking.violation_id ? 'needs a decision' : null,
    booking.pending ? 'only on this device' : 'on the server',
  ]
    .filter(Boolean)
    .join(', ');
}

/** Where a segment is drawn. @param columns how many the grid has */
export function placeOf(segment: Segment, columns: number): CSSProperties {
  const width = 1 / segment.lanes;
  return {
    top: segment.top * ROW_PX + 1,
    height: (segment.bottom - segment.top) * ROW_PX - 2,
    left: `calc(${((segment.column + segment.lane * width) / columns) * 100}% + 2px)`,
    width: `calc(${(width / columns) * 100}% - 5px)`,
  };
}

export const Block = memo(function Block(props: {
  segment: Segment;
  /** How many columns the grid has. */
  columns: number;
  resource: string;
  color: string;
  lifted: boolean;
  movable: boolean;
  onOpen: (id: string) => void;
  onFocus: (booking: BookingRow, event: FocusEvent) => void;
  onBlur: () => void;
  onKeyDown: (booking: BookingRow, event: KeyboardEvent) => void;
}) {
  const { segment, columns, lifted } = props;
  const { booking } = segment;
  const height = (segment.bottom - segment.top) * ROW_PX - 2;
  const low = height < 36;
  const cancelled = booking.status === 'cancelled';
  return (
    <div
      data-segment={segment.key}
      data-booking={booking.id}
      className={clsx('absolute', lifted ? 'z-10' : 'z-[1]')}
      style={placeOf(segment, columns)}
    >
      <button
        type="button"
        aria-label={bookingName(booking, props.resource)}
        onClick={() => props.onOpen(booking.id)}
        onFocus={(event) => props.onFocus(booking, event)}
        onBlur={props.onBlur}
        onKeyDown={(event) => props.onKeyDown(booking, event)}
        style={bookingStyle(booking.status, props.color)}
        className={clsx(
          'relative flex size-full overflow-clip rounded-md pr-1 pl-2 text-left text-xs text-ink ring-1 ring-inset select-none',
          'before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-(--c)',
          low ? 'items-center' : 'flex-col',
          booking.status === 'confirmed' && 'ring-[color-mix(in_oklab,var(--c)_35%,transparent)]',
          booking.status === 'conflicted' && 'ring-danger/60',
          (booking.status === 'tentative' || cancelled) &&
            'outline-1 -outline-offset-1 outline-dashed outline-ink-3 ring-transparent focus-visible:outline-2 focus-visible:outline-solid focus-visible:outline-accent',
          cancelled && 'text-ink-2',
          lifted ? 'shadow-pop' : 'hover:brightness-[0.98]',
          props.movable && 'cursor-grab',
        )}
      >
        {/* What is long stays readable while the page scrolls. */}
        <span
          className={clsx(
            'flex min-w-0',
            low ? 'w-full items-center gap-1' : 'sticky top-12 w-full flex-col pt-[3px] pb-0.5',
          )}
        >
          <span className={clsx('flex min-w-0 items-center gap-1', low ? 'flex-1' : 'w-full')}>
            <StatusSign status={booking.status} />
            {booking.violation_id && booking.status === 'confirmed' ? (
              <span title="Somebody else asks for this time" className="shrink-0 text-warn">
                <TriangleAlert size={12} aria-hidden />
              </span>
            ) : null}
            {booking.private ? <Lock size={11} aria-hidden className="shrink-0" /> : null}
            <span className={clsx('min-w-0 flex-1 truncate font-[550]', cancelled && 'line-through')}>
              {visible(booking.title, 'No visible title')}
            </span>
            {booking.series_id && !low ? (
              <Repeat size={11} aria-hidden className="shrink-0 text-ink-3" />
            ) : null}
            {booking.pending ? (
              <span title="Only on this device: waiting to be sent" className="shrink-0 text-warn">
                <CloudUpload size={12} strokeWidth={2} aria-hidden />
              </span>
            ) : null}
          </span>
          {height < 20 ? null : (
            <span className={clsx('truncate text-2xs text-ink-2 tabular-nums', low && 'shrink-0')}>
              {spanText(Date.parse(booking.starts), Date.parse(booking.ends))}
            </span>
          )}
          {height > 52 ? (
            <span className="truncate text-2xs text-ink-2">
              {booking.status === 'confirmed'
                ? booking.author
                : `${capital(booking.status)} · ${booking.author}`}
            </span>
          ) : null}
        </span>
      </button>
      {props.movable ? (
        <>
          {segment.first ? <Edge edge="start" /> : null}
          {segment.last ? <Edge edge="end" /> : null}
        </>
      ) : null}
    </div>
  );
});

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function Edge({ edge }: { edge: 'start' | 'end' }) {
  return (
    <span
      data-edge={edge}
      aria-hidden
      className={clsx(
        'absolute inset-x-2 h-1.5 cursor-ns-resize touch-none rounded-full hover:bg-(--accent)/40 pointer-coarse:h-3',
        edge === 'start' ? '-top-px' : '-bottom-px',
      )}
    />
  );
}
