// Small parts of a task that cards, rows and the panel share: labels, due day.
import clsx from 'clsx';
import { CalendarDays } from 'lucide-react';
import { memo } from 'react';
import { ColorDot } from '../kit/color-dot';
import { visible } from '../kit/visible';
import { dueDay } from '../kit/when';
import type { LabelRow } from './project-queries';

export const LabelChip = memo(function LabelChip({ label }: { label: Pick<LabelRow, 'name' | 'color'> }) {
  return (
    <span className="inline-flex h-5 max-w-40 min-w-0 items-center gap-1.5 rounded-full px-2 text-xs text-ink-2 ring-1 ring-line-strong ring-inset">
      <ColorDot color={label.color} />
      <span className="truncate">{visible(label.name, 'No visible name')}</span>
    </span>
  );
});

export const DueChip = memo(function DueChip({ day, done }: { day: string; done: boolean }) {
  const { text, state } = dueDay(day);
  return (
    <span
      className={clsx(
        'inline-flex h-5 items-center gap-1 rounded-full px-1.5 text-xs whitespace-nowrap',
        done || state === 'later' ? 'text-ink-3' : state === 'late' ? 'text-danger' : 'text-warn',
      )}
      title={state === 'late' && !done ? 'Overdue' : 'Due'}
    >
      <CalendarDays size={12} aria-hidden />
      <span className="sr-only">Due </span>
      {text}
    </span>
  );
});
