// A card of the board. It does as little as possible when its task did not change.

import { useDraggable } from '@dnd-kit/core';
import clsx from 'clsx';
import { MessageSquare } from 'lucide-react';
import { memo, useMemo } from 'react';
import { useWorkspace } from '../../account';
import { Avatar } from '../../kit/avatar';
import { SyncMark } from '../../kit/mark';
import { visible } from '../../kit/visible';
import { DueChip, LabelChip } from '../bits';
import { priorityNames, statusNames, type TaskStatus } from '../facts';
import { PriorityIcon } from '../icons';
import { useLabels } from '../project-data';
import type { LabelRow } from '../project-queries';
import type { TaskRow } from '../queries';

const shownLabels = 3;

/** What a card shows; also under the pointer while it is dragged. */
export const CardFace = memo(function CardFace(props: {
  task: TaskRow;
  assignee: string | null;
  labels: readonly LabelRow[];
}) {
  const { task } = props;
  const done = task.status === 'done' || task.status === 'cancelled';
  const foot = props.labels.length > 0 || task.due_on !== null || task.comments > 0 || task.priority > 0;
  return (
    <>
      <div className="flex items-start gap-2">
        <span
          className={clsx(
            'line-clamp-3 min-w-0 flex-1 font-[500] [overflow-wrap:anywhere]',
            done && 'text-ink-2',
          )}
        >
          {visible(task.title, 'Task without a visible title')}
        </span>
        <span
          className="flex shrink-0 items-center gap-1.5 pt-0.5"
          title={props.assignee ?? 'Nobody assigned'}
        >
          {props.assignee === null ? null : <Avatar name={props.assignee} size={18} />}
        </span>
      </div>
      <div className={clsx('flex items-end gap-1.5', foot ? 'mt-2' : 'mt-1')}>
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5">
          {task.priority > 0 ? (
            <span className="flex h-5 items-center" title={priorityNames[task.priority]}>
              <PriorityIcon priority={task.priority} named />
            </span>
          ) : null}
          {props.labels.slice(0, shownLabels).map((label) => (
            <LabelChip key={label.id} label={label} />
          ))}
          {props.labels.length > shownLabels ? (
            <span className="text-xs text-ink-3">+{props.labels.length - shownLabels}</span>
          ) : null}
          {task.due_on ? <DueChip day={task.due_on} done={done} /> : null}
        </div>
        <div className="flex h-5 shrink-0 items-center gap-2">
          {task.comments > 0 ? (
            <span className="inline-flex items-center gap-1 text-xs text-ink-3">
              <MessageSquare size={12} aria-hidden />
              <span className="sr-only">Comments: </span>
              {task.comments}
            </span>
          ) : null}
          <SyncMark pending={task.pending} writing={task.writing === true} />
        </div>
      </div>
    </>
  );
});

/** One sentence for those who do not see the card. */
export function cardName(task: TaskRow, assignee: string | null): string {
  return [
    visible(task.title, 'Task without a visible title'),
    statusNames[task.status as TaskStatus] ?? task.status,
    task.priority > 0 ? `${priorityNames[task.priority]} priority` : null,
    assignee ? `assigned to ${assignee}` : null,
    task.writing ? 'being stored' : task.pending ? 'only on this device' : 'on the server',
  ]
    .filter(Boolean)
    .join(', ');
}

export function useFace(task: TaskRow): { assignee: string | null; labels: LabelRow[] } {
  const { memberById } = useWorkspace();
  const { labelById } = useLabels();
  const labels = useMemo(
    () => task.labels.flatMap((id) => labelById.get(id) ?? []),
    [task.labels, labelById],
  );
  return {
    assignee: task.assignee_id === null ? null : (memberById.get(task.assignee_id)?.name ?? 'Former member'),
    labels,
  };
}

export const Card = memo(function Card(props: {
  task: TaskRow;
  open: boolean;
  tabbable: boolean;
  readOnly: boolean;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}) {
  const { task } = props;
  const { assignee, labels } = useFace(task);
  const { setNodeRef, listeners, isDragging } = useDraggable({
    id: task.id,
    disabled: props.readOnly,
    data: { task },
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot hold what a card shows
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is a shortcut, Space picks the card up
    <div
      ref={setNodeRef}
      role="button"
      tabIndex={props.tabbable ? 0 : -1}
      aria-label={cardName(task, assignee)}
      aria-describedby="card-help"
      aria-current={props.open ? 'true' : undefined}
      data-task-id={task.id}
      {...listeners}
      onClick={() => props.onOpen(task.id)}
      onFocus={() => props.onFocus(task.id)}
      className={clsx(
        'cursor-default touch-manipulation rounded-lg bg-card p-3 pb-2 shadow-card select-none hover:bg-card-hover',
        props.open && 'ring-2 ring-accent/60 ring-inset',
        isDragging && 'opacity-35',
      )}
    >
      <CardFace task={task} assignee={assignee} labels={labels} />
    </div>
  );
});
