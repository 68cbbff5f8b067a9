// A mention in the text, as what it stands for is now: a task with its status, a page with its title, a person, a
// booking with its time.
import { type NodeViewProps, NodeViewWrapper } from '@tiptap/react';
import clsx from 'clsx';
import { parseISO } from 'date-fns';
import { CalendarRange } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWorkspace } from '../../account';
import { useGoToBooking } from '../../booking';
import { Avatar } from '../../kit/avatar';
import { format } from '../../kit/when';
import { StatusIcon, useOpenTask } from '../../task';
import type { MentionAttributes } from '../body/mention-node';
import { useGoToPage } from '../links';
import { PageIcon } from '../tree/page-icon';
import { titleOf } from '../tree/tree';
import { useMentioned } from './mentioned';

interface Shown {
  readonly icon: ReactNode;
  readonly text: string;
  /** Its state in words, where a name alone does not tell. */
  readonly state?: string;
  readonly gone?: boolean;
  readonly struck?: boolean;
  readonly open?: () => void;
}

function useShown({ kind, id, label }: MentionAttributes): Shown {
  const { tree, tasks, bookings } = useMentioned();
  const { memberById } = useWorkspace();
  const { open } = useOpenTask();
  const goToPage = useGoToPage();
  const goToBooking = useGoToBooking();
  const missing: Shown = { icon: null, text: label || 'Something that is not here', gone: true };
  switch (kind) {
    case 'task': {
      const task = tasks.get(id);
      if (!task) return missing;
      return {
        icon: <StatusIcon status={task.status} size={13} named />,
        text: task.title,
        struck: task.status === 'done' || task.status === 'cancelled',
        open: () => open(id),
      };
    }
    case 'page': {
      const page = tree?.byId.get(id);
      if (!page) return missing;
      return {
        icon: <PageIcon icon={page.icon} size={13} />,
        text: titleOf(page),
        struck: tree?.binned(id) !== null,
        open: () => goToPage(id),
      };
    }
    case 'member': {
      const member = memberById.get(id);
      return member ? { icon: <Avatar name={member.name} size={15} />, text: member.name } : missing;
    }
    case 'booking': {
      const booking = bookings.get(id);
      if (!booking) return missing;
      return {
        icon: <CalendarRange size={13} aria-hidden />,
        text: booking.title,
        state: `${booking.resource}, ${format(parseISO(booking.starts), 'd MMM, HH:mm')}${
          booking.status === 'confirmed' ? '' : `, ${booking.status}`
        }`,
        struck: booking.status === 'cancelled',
        open: () => goToBooking(id, booking.starts),
      };
    }
  }
}

export function MentionView({ node, selected }: NodeViewProps) {
  const attributes = node.attrs as MentionAttributes;
  const shown = useShown(attributes);
  const content = (
    <>
      {shown.icon ? <span className="mr-1 inline-flex align-[-2px]">{shown.icon}</span> : null}
      <span className={clsx(shown.struck && 'line-through opacity-70')}>{shown.text}</span>
      {shown.state ? <span className="ml-1.5 text-ink-3">{shown.state}</span> : null}
    </>
  );
  return (
    <NodeViewWrapper
      as="span"
      data-mention={attributes.kind}
      className={clsx('mention', selected && 'ring-2 ring-accent', shown.gone && 'text-ink-3 italic')}
    >
      {shown.open ? (
        <button
          type="button"
          contentEditable={false}
          tabIndex={-1}
          onClick={shown.open}
          className="text-left"
        >
          {content}
        </button>
      ) : (
        <span title={shown.gone ? 'It was deleted, or it has not arrived on this device' : undefined}>
          {content}
        </span>
      )}
    </NodeViewWrapper>
  );
}
