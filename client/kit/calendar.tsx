// Choosing a day: near days by name, any day in a month.
import clsx from 'clsx';
import {
  addDays,
  addMonths,
  eachDayOfInterval,
  endOfMonth,
  endOfWeek,
  isSameMonth,
  isValid,
  nextMonday,
  parseISO,
  startOfMonth,
  startOfWeek,
} from 'date-fns';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { format } from './when';

const iso = (date: Date) => format(date, 'yyyy-MM-dd');
const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** @param props.value YYYY-MM-DD or null */
export function Calendar(props: { value: string | null; onChange: (value: string | null) => void }) {
  const today = new Date();
  const [cursor, setCursor] = useState(() => {
    const chosen = props.value ? parseISO(props.value) : today;
    return isValid(chosen) ? chosen : today;
  });
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    grid.current?.querySelector<HTMLElement>(`[data-day="${iso(cursor)}"]`)?.focus();
  }, [cursor]);
  const week = { weekStartsOn: 1 } as const;
  const days = eachDayOfInterval({
    start: startOfWeek(startOfMonth(cursor), week),
    end: endOfWeek(endOfMonth(cursor), week),
  });
  const near: [string, Date | null][] = [
    ['Today', today],
    ['Tomorrow', addDays(today, 1)],
    ['Next Monday', nextMonday(today)],
    ...(props.value ? ([['No due date', null]] as [string, null][]) : []),
  ];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setCursor(addDays(cursor, step));
  };
  const arrow = 'flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-hover';
  return (
    <div className="w-64 p-2">
      <div className="mb-2 flex flex-wrap gap-1">
        {near.map(([name, date]) => (
          <button
            key={name}
            type="button"
            onClick={() => props.onChange(date && iso(date))}
            className="h-7 rounded-md px-2 text-xs text-ink-2 ring-1 ring-line-strong ring-inset hover:bg-hover hover:text-ink"
          >
            {name}
          </button>
        ))}
      </div>
      <div className="flex items-center justify-between">
        <button
          type="button"
          aria-label="Month before"
          className={arrow}
          onClick={() => setCursor(addMonths(cursor, -1))}
        >
          <ChevronLeft size={14} aria-hidden />
        </button>
        <span className="text-sm font-[550]" aria-live="polite">
          {format(cursor, 'MMMM yyyy')}
        </span>
        <button
          type="button"
          aria-label="Month after"
          className={arrow}
          onClick={() => setCursor(addMonths(cursor, 1))}
        >
          <ChevronRight size={14} aria-hidden />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the days in it */}
      <div ref={grid} className="mt-1 grid grid-cols-7 gap-px text-center" onKeyDown={onKeyDown}>
        {['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'].map((name) => (
          <span key={name} aria-hidden className="py-1 text-2xs text-ink-3">
            {name}
          </span>
        ))}
        {days.map((day) => {
          const key = iso(day);
          const chosen = key === props.value;
          return (
            <button
              key={key}
              type="button"
              data-day={key}
              tabIndex={key === iso(cursor) ? 0 : -1}
              aria-label={format(day, 'EEEE, d MMMM yyyy')}
              aria-pressed={chosen}
              onClick={() => props.onChange(key)}
              className={clsx(
                'h-8 rounded-md text-xs tabular-nums hover:bg-hover',
                !isSameMonth(day, cursor) && 'text-ink-3',
                key === iso(today) && 'font-[650] text-accent-ink',
                chosen && 'bg-accent text-on-accent hover:bg-accent',
              )}
            >
              {format(day, 'd')}
            </button>
          );
        })}
      </div>
    </div>
  );
}
