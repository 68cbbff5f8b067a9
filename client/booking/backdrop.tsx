// What lies behind the bookings of a column: hours, closed times, hours that the day does not have, the time now.
import clsx from 'clsx';
import { memo } from 'react';
import { isOpenFor } from '../../db/booking/opening';
import { ROW_PX } from './drag';
import { type Axis, missingRows, ROW_MS, rowsAt } from './grid-time';
import type { GridColumn } from './lanes';

const hatch =
  'repeating-linear-gradient(135deg, var(--line) 0 1px, transparent 1px 7px), linear-gradient(var(--sunken), var(--sunken))';

/** Half hours in which the resource is closed, as stretches of rows. */
function closedStretches(column: GridColumn): { top: number; bottom: number }[] {
  const out: { top: number; bottom: number }[] = [];
  for (const [i, row] of column.day.rows.entries()) {
    const start = column.day.start + i * ROW_MS;
    if (isOpenFor(column.resource, { start, end: start + ROW_MS })) continue;
    const last = out.at(-1);
    if (last?.bottom === row) last.bottom = row + 1;
    else out.push({ top: row, bottom: row + 1 });
  }
  return out;
}

export const Backdrop = memo(function Backdrop({ axis, column }: { axis: Axis; column: GridColumn }) {
  return (
    <div
      aria-hidden
      className="relative min-w-0 flex-1 border-l border-line"
      style={{
        backgroundImage: `linear-gradient(var(--line) 1px, transparent 1px)`,
        backgroundSize: `100% ${ROW_PX * 2}px`,
      }}
    >
      {closedStretches(column).map(({ top, bottom }) => (
        <div
          key={top}
          className="absolute inset-x-0 bg-sunken"
          style={{
            top: top * ROW_PX,
            height: (bottom - top) * ROW_PX,
            backgroundImage: 'inherit',
            backgroundSize: 'inherit',
            backgroundPositionY: -(top % 2) * ROW_PX,
          }}
        />
      ))}
      {missingRows(axis, column.day).map((row) => (
        <div
          key={row}
          title="The clocks change: this day does not have this hour"
          className="absolute inset-x-0"
          style={{ top: row * ROW_PX, height: ROW_PX, background: hatch }}
        />
      ))}
    </div>
  );
});

export function Gutter({ axis }: { axis: Axis }) {
  return (
    <div aria-hidden className="relative">
      {axis.rows.map((row, i) =>
        i % 2 === 0 && i > 0 ? (
          <span
            key={`${row.label}${row.again}`}
            className="absolute right-2 -translate-y-1/2 text-2xs whitespace-nowrap text-ink-3 tabular-nums"
            style={{ top: i * ROW_PX }}
            title={row.again ? 'The clocks went back: this hour comes twice' : undefined}
          >
            {row.again ? `${row.label} ×2` : row.label}
          </span>
        ) : null,
      )}
    </div>
  );
}

export function NowLine({ columns, now }: { columns: readonly GridColumn[]; now: number }) {
  return columns.map(({ key, day }, i) =>
    now >= day.start && now < day.end ? (
      <div
        key={key}
        aria-hidden
        className={clsx('pointer-events-none absolute z-[2] h-0 border-t border-danger')}
        style={{
          top: rowsAt(day, now) * ROW_PX - 1,
          left: `${(i / columns.length) * 100}%`,
          width: `${100 / columns.length}%`,
        }}
      >
        {i === 0 || columns[i - 1]!.day !== day ? (
          <span className="absolute -top-[4.5px] -left-1 size-2 rounded-full bg-danger" />
        ) : null}
      </div>
    ) : null,
  );
}
