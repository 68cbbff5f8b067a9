// The grid of the day and of the week: columns of time, bookings in them, one place that the keyboard is at.

import clsx from 'clsx';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Span } from '../../db/booking/range';
import { Boundary } from '../kit/boundary';
import { useNow } from '../kit/now';
import { Backdrop, Gutter, NowLine } from './backdrop';
import { Block, bookingStyle, placeOf } from './block';
import { type Drag, ROW_PX, useDrag } from './drag';
import { useGridKeys } from './grid-keys';
import type { GridProps } from './grid-props';
import { rowsAt, spanText } from './grid-time';
import { type GridColumn, segmentsOf } from './lanes';
import type { BookingRow } from './queries';

/** A booking shown somewhere else than its row says: being dragged, or just dropped. */
interface Lifted extends Span {
  readonly id: string;
  readonly resourceId: string;
}

export function TimeGrid(props: GridProps) {
  const { axis, columns, bookings, onMove } = props;
  const scroller = useRef<HTMLElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const now = useNow(30_000);
  const [dropped, setDropped] = useState<Lifted | null>(null);
  const [nudged, setNudged] = useState<Lifted | null>(null);
  const [said, setSaid] = useState('');

  const drop = async (booking: BookingRow, resourceId: string, span: Span) => {
    const same =
      booking.resource_id === resourceId &&
      Date.parse(booking.starts) === span.start &&
      Date.parse(booking.ends) === span.end;
    if (same) return;
    setDropped({ id: booking.id, resourceId, ...span });
    if (!(await onMove(booking, resourceId, span))) setDropped(null);
  };
  /** What was just dropped is taken up again from where it was dropped, also before its row has come. */
  const settled = useMemo(
    () => (dropped ? bookings.map((b) => (b.id === dropped.id ? at(b, dropped) : b)) : bookings),
    [bookings, dropped],
  );
  const plain = useMemo(() => segmentsOf(columns, settled), [columns, settled]);
  const { drag, onPointerDown } = useDrag({
    area,
    scroller,
    columns,
    segments: plain,
    enabled: props.readOnly === null,
    onCreate: props.onCreate,
    onMove: (booking, resourceId, span) => void drop(booking, resourceId, span),
  });
  // The row has come: what was dropped is where it says.
  useEffect(() => {
    const row = dropped && bookings.find((b) => b.id === dropped.id);
    if (row && Date.parse(row.starts) === dropped.start && Date.parse(row.ends) === dropped.end) {
      setDropped(null);
    }
  }, [bookings, dropped]);
  const lifted = liftedBy(drag) ?? nudged;
  const segments = useMemo(
    () =>
      lifted
        ? segmentsOf(
            columns,
            settled.map((b) => (b.id === lifted.id ? at(b, lifted) : b)),
          )
        : plain,
    [columns, settled, lifted, plain],
  );

  const keys = useGridKeys({
    axis,
    columns,
    bookings,
    scroller,
    nudged,
    setNudged,
    say: setSaid,
    drop,
    grid: props,
  });

  // The first look: the time now, or the beginning of the day's work.
  const firstDay = columns[0]?.day;
  const seen = useRef(false);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !firstDay || seen.current) return;
    seen.current = true;
    const t = Date.now();
    const today = columns.find((c) => t >= c.day.start && t < c.day.end)?.day;
    const row = today ? Math.max(0, Math.min(rowsAt(today, t) - 4, 18)) : 15;
    element.scrollTop = row * ROW_PX;
  }, [columns, firstDay]);

  const create = drag?.kind === 'create' ? drag : null;
  const width = 56 + columns.length * props.narrowest;
  return (
    <section
      ref={scroller}
      aria-label={props.label}
      data-sideways
      className="relative h-full overflow-auto overscroll-contain"
    >
      <div style={{ minWidth: width }}>
        <div className="sticky top-0 z-20 flex border-b border-line bg-surface">
          <div className="sticky left-0 z-10 w-14 shrink-0 bg-surface" />
          {columns.map((column, i) => (
            <div key={column.key} className="flex min-w-0 flex-1 border-l border-line">
              {props.headings[i]}
            </div>
          ))}
        </div>
        <div className="relative flex" style={{ height: axis.rows.length * ROW_PX }}>
          <div className="sticky left-0 z-10 w-14 shrink-0 bg-surface">
            <Gutter axis={axis} />
          </div>
          <div
            ref={area}
            className={clsx('relative flex flex-1 select-none', drag && 'cursor-grabbing')}
            onPointerDown={onPointerDown}
          >
            {columns.map((column) => (
              <Backdrop key={column.key} axis={axis} column={column} />
            ))}
            <NowLine columns={columns} now={now} />
            {keys.cursor}
            {segments.map((segment) => {
              const { resource } = columns[segment.column]!;
              return (
                <Boundary
                  key={segment.key}
                  what="booking"
                  of={segment.booking}
                  className="absolute z-[1]"
                  style={placeOf(segment, columns.length)}
                  onOpen={() => props.onOpen(segment.booking.id)}
                >
                  <Block
                    segment={segment}
                    columns={columns.length}
                    resource={resource.name}
                    color={resource.color}
                    lifted={lifted?.id === segment.booking.id}
                    movable={props.readOnly === null && segment.booking.status !== 'cancelled'}
                    onOpen={props.onOpen}
                    onFocus={keys.onFocus}
                    onBlur={keys.onBlur}
                    onKeyDown={keys.onKeyDown}
                  />
                </Boundary>
              );
            })}
            {create ? <Preview columns={columns} span={create} /> : null}
          </div>
        </div>
      </div>
      <p className="sr-only" aria-live="polite">
        {said}
      </p>
    </section>
  );
}

/** What is about to be made. */
function Preview({ columns, span }: { columns: readonly GridColumn[]; span: Drag }) {
  return columns.map(({ key, day, resource }, i) =>
    resource.id === span.resourceId && span.start < day.end && span.end > day.start ? (
      <div
        key={key}
        className="pointer-events-none absolute z-10 rounded-md px-2 py-0.5 text-2xs font-[550] text-ink shadow-pop tabular-nums ring-1 ring-accent ring-inset"
        style={{
          ...bookingStyle('confirmed', resource.color),
          top: rowsAt(day, span.start) * ROW_PX + 1,
          height: (rowsAt(day, span.end, 'end') - rowsAt(day, span.start)) * ROW_PX - 2,
          left: `calc(${(i / columns.length) * 100}% + 2px)`,
          width: `calc(${100 / columns.length}% - 5px)`,
        }}
      >
        {spanText(span.start, span.end)}
      </div>
    ) : null,
  );
}

function liftedBy(drag: Drag | null): Lifted | null {
  return drag?.booking
    ? { id: drag.booking.id, resourceId: drag.resourceId, start: drag.start, end: drag.end }
    : null;
}

function at(booking: BookingRow, lifted: Lifted): BookingRow {
  return {
    ...booking,
    resource_id: lifted.resourceId,
    starts: new Date(lifted.start).toISOString(),
    ends: new Date(lifted.end).toISOString(),
  };
}
