// A row of the list.
import clsx from 'clsx';
import { MessageSquare } from 'lucide-react';
import { memo } from 'react';
import { Avatar } from '../../kit/avatar';
import { SyncMark } from '../../kit/mark';
import { visible } from '../../kit/visible';
import { DueChip, LabelChip } from '../bits';
import { cardName, useFace } from '../board/card';
import { PriorityIcon, StatusIcon } from '../icons';
import type { TaskRow } from '../queries';

export const ListRow = memo(function ListRow(props: {
  task: TaskRow;
  open: boolean;
  tabbable: boolean;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}) {
  const { task } = props;
  const { assignee, labels } = useFace(task);
  const done = task.status === 'done' || task.status === 'cancelled';
  return (
    <button
      type="button"
      tabIndex={props.tabbable ? 0 : -1}
      aria-label={cardName(task, assignee)}
      aria-current={props.open ? 'true' : undefined}
      data-task-id={task.id}
      onClick={() => props.onOpen(task.id)}
      onFocus={() => props.onFocus(task.id)}
      className={clsx(
        'flex h-full w-full items-center gap-2.5 border-b border-line px-4 text-left hover:bg-hover focus-visible:-outline-offset-2',
        props.open && 'bg-accent-soft hover:bg-accent-soft',
      )}
    >
      <PriorityIcon priority={task.priority} />
      <StatusIcon status={task.status} />
      <span className={clsx('min-w-0 flex-1 truncate font-[500]', done && 'text-ink-2')}>
        {visible(task.title, 'Task without a visible title')}
      </span>
      <span className="flex max-w-[40%] min-w-0 items-center gap-1.5 phone:hidden">
        {labels.slice(0, 3).map((label) => (
          <LabelChip key={label.id} label={label} />
        ))}
        {labels.length > 3 ? <span className="shrink-0 text-xs text-ink-3">+{labels.length - 3}</span> : null}
      </span>
      <span className="flex w-8 shrink-0 items-center gap-1 text-xs text-ink-3 tabular-nums phone:hidden">
        {task.comments > 0 ? (
          <>
            <MessageSquare size={12} aria-hidden />
            {task.comments}
          </>
        ) : null}
      </span>
      <span className="flex w-24 shrink-0 justify-start phone:w-auto">
        {task.due_on ? <DueChip day={task.due_on} done={done} /> : null}
      </span>
      <SyncMark pending={task.pending} writing={task.writing === true} />
      <Avatar name={assignee} size={18} />
    </button>
  );
});
