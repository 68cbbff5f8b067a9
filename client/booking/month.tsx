// The month at a glance: a field for each day with its first bookings; the day itself is a click away.
import clsx from 'clsx';
import { addDays, endOfMonth, isSameMonth, parseISO, startOfDay, startOfMonth } from 'date-fns';
import { type KeyboardEvent, useMemo, useRef } from 'react';
import { Boundary } from '../kit/boundary';
import { visible } from '../kit/visible';
import { format } from '../kit/when';
import { bookingName } from './block';
import { StatusSign } from './facts';
import { dayKey, weekOf } from './grid-time';
import type { BookingRow, ResourceRow } from './queries';

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const shown = 3;

/** The days of the weeks that a month touches. */
export function monthDays(at: Date): Date[] {
  const first = weekOf(startOfMonth(at));
  const last = endOfMonth(at).getTime();
  const days: Date[] = [];
  for (let day = first; day.getTime() <= last || days.length % 7 !== 0; day = startOfDay(addDays(day, 1))) {
    days.push(day);
  }
  return days;
}

export function Month(props: {
  date: Date;
  bookings: readonly BookingRow[];
  resourceById: ReadonlyMap<string, ResourceRow>;
  onDay: (day: string) => void;
  onDate: (day: string) => void;
  onOpen: (id: string) => void;
}) {
  const { date, bookings } = props;
  const days = useMemo(() => monthDays(date), [date]);
  const grid = useRef<HTMLDivElement>(null);
  const byDay = useMemo(() => {
    const map = new Map<string, BookingRow[]>();
    for (const day of days) {
      const start = day.getTime();
      const end = startOfDay(addDays(day, 1)).getTime();
      map.set(
        dayKey(day),
        bookings.filter((b) => Date.parse(b.starts) < end && Date.parse(b.ends) > start),
      );
    }
    return map;
  }, [days, bookings]);
  const today = dayKey(Date.now());
  const cursor = dayKey(date);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    const from = (event.target as HTMLElement).dataset.day;
    if (step === undefined || !from || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = dayKey(addDays(parseISO(from), step));
    props.onDate(next);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus()),
    );
  };
  return (
    <section
      aria-label={`Bookings in ${format(date, 'MMMM yyyy')}`}
      className="flex h-full flex-col overflow-y-auto"
    >
      <div aria-hidden className="sticky top-0 z-[1] grid grid-cols-7 border-b border-line bg-surface">
        {days.slice(0, 7).map((day) => (
          <span key={day.getTime()} className="px-2 py-1.5 text-xs text-ink-3">
            {format(day, 'EEE')}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the days in it */}
      <div ref={grid} onKeyDown={onKeyDown} className="grid min-h-120 flex-1 auto-rows-fr grid-cols-7">
        {days.map((day, i) => {
          const key = dayKey(day);
          const here = byDay.get(key) ?? [];
          const open = here.filter((b) => b.violation_id).length;
          return (
            <div
              key={key}
              className={clsx(
                'flex min-h-22 min-w-0 flex-col gap-0.5 border-b border-line p-1',
                i % 7 > 0 && 'border-l',
                !isSameMonth(day, date) && 'bg-sunken',
              )}
            >
              <button
                type="button"
                data-day={key}
                tabIndex={key === cursor ? 0 : -1}
                onClick={() => props.onDay(key)}
                aria-label={`${format(day, 'EEEE, d MMMM')}: ${here.length} ${here.length === 1 ? 'booking' : 'bookings'}${
                  open ? `, ${open} to decide` : ''
                }`}
                aria-current={key === today ? 'date' : undefined}
                className={clsx(
                  'flex h-6 items-center gap-1.5 rounded-md px-1 text-left text-xs tabular-nums hover:bg-hover phone:h-full phone:flex-col phone:items-start',
                  isSameMonth(day, date) ? 'text-ink' : 'text-ink-3',
                )}
              >
                <span
                  className={clsx(
                    'inline-flex h-5 min-w-5 items-center justify-center rounded-full px-1',
                    key === today && 'bg-accent font-[650] text-on-accent',
                  )}
                >
                  {format(day, 'd')}
                </span>
                {here.length > 0 ? (
                  <span className="text-2xs text-ink-3 md:hidden">{here.length}</span>
                ) : null}
                <span className="flex flex-wrap gap-0.5 md:hidden">
                  {here.slice(0, 6).map((b) => (
                    <span
                      key={b.id}
                      className="size-1.5 rounded-full"
                      style={{ background: props.resourceById.get(b.resource_id)?.color }}
                    />
                  ))}
                </span>
              </button>
              <ul className="flex flex-col gap-0.5 phone:hidden">
                {here.slice(0, here.length > shown ? shown - 1 : shown).map((b) => (
                  <li key={b.id} className="flex">
                    <Boundary what="booking" of={b} onOpen={() => props.onOpen(b.id)}>
                      <button
                        type="button"
                        onClick={() => props.onOpen(b.id)}
                        aria-label={bookingName(b, props.resourceById.get(b.resource_id)?.name ?? '')}
                        className="flex h-5 min-w-0 flex-1 items-center gap-1.5 rounded-sm px-1 text-left text-xs hover:bg-hover"
                      >
                        <span
                          className="size-2 shrink-0 rounded-full"
                          style={{ background: props.resourceById.get(b.resource_id)?.color }}
                        />
                        <StatusSign status={b.status} size={11} />
                        <span className="text-2xs text-ink-3 tabular-nums">
                          {format(Math.max(Date.parse(b.starts), day.getTime()), 'HH:mm')}
                        </span>
                        <span
                          className={clsx('min-w-0 truncate', b.status === 'cancelled' && 'line-through')}
                        >
                          {visible(b.title, 'No visible title')}
                        </span>
                      </button>
                    </Boundary>
                  </li>
                ))}
              </ul>
              {here.length > shown ? (
                <button
                  type="button"
                  tabIndex={-1}
                  onClick={() => props.onDay(key)}
                  className="h-5 rounded-sm px-1 text-left text-2xs text-ink-3 hover:bg-hover phone:hidden"
                >
                  {here.length - shown + 1} more
                </button>
              ) : null}
            </div>
          );
        })}
      </div>
    </section>
  );
}
