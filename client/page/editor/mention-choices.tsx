// What `@` offers: people and pages from memory, tasks and bookings from the device's database.
import { CalendarRange } from 'lucide-react';
import { useMemo } from 'react';
import { useWorkspace } from '../../account';
import { Avatar } from '../../kit/avatar';
import { prefixQuery } from '../../kit/prefix-query';
import { useLive } from '../../sync/react/store-context';
import { StatusIcon } from '../../task';
import type { MentionAttributes } from '../body/mention-node';
import { PageIcon } from '../tree/page-icon';
import { mentionable } from '../tree/queries';
import { type PageTree, titleOf } from '../tree/tree';
import type { Popup } from './popup';
import type { Choice } from './popup-list';

const most = 5;

function inserting(attributes: MentionAttributes): Choice['choose'] {
  return (editor, { range }) =>
    void editor
      .chain()
      .focus()
      .insertContentAt(range, [
        { type: 'mention', attrs: attributes },
        { type: 'text', text: ' ' },
      ])
      .run();
}

export function useMentionChoices(popup: Popup | null, tree: PageTree | undefined, pageId: string): Choice[] {
  const { id: workspaceId, members } = useWorkspace();
  const query = popup?.kind === 'mention' ? popup.query : null;
  const words = query === null ? null : prefixQuery(query);
  const rows = useLive(
    (db) => (query === null ? null : mentionable(db, workspaceId, words, most)),
    [workspaceId, query === null, words],
  );
  return useMemo(() => {
    if (query === null) return [];
    const asked = query.toLowerCase();
    const has = (name: string) =>
      name
        .toLowerCase()
        .split(/\s+/)
        .some((word) => word.startsWith(asked)) || name.toLowerCase().includes(asked);
    const people = members.filter((member) => has(member.name)).slice(0, most);
    const pages = [...(tree?.byId.values() ?? [])]
      .filter((page) => page.id !== pageId && has(titleOf(page)) && !tree?.binned(page.id))
      .slice(0, most);
    return [
      ...people.map(
        (member): Choice => ({
          id: member.id,
          group: 'People',
          name: member.name,
          icon: <Avatar name={member.name} size={18} />,
          choose: inserting({ kind: 'member', id: member.id, label: member.name }),
        }),
      ),
      ...(rows ?? [])
        .filter((row) => row.kind === 'task')
        .map(
          (task): Choice => ({
            id: task.id,
            group: 'Tasks',
            name: task.title,
            icon: <StatusIcon status={task.status} />,
            choose: inserting({ kind: 'task', id: task.id, label: task.title }),
          }),
        ),
      ...pages.map(
        (page): Choice => ({
          id: page.id,
          group: 'Pages',
          name: titleOf(page),
          icon: <PageIcon icon={page.icon} />,
          choose: inserting({ kind: 'page', id: page.id, label: titleOf(page) }),
        }),
      ),
      ...(rows ?? [])
        .filter((row) => row.kind === 'booking')
        .map(
          (booking): Choice => ({
            id: booking.id,
            group: 'Bookings',
            name: booking.title,
            note: booking.note,
            icon: <CalendarRange size={15} />,
            choose: inserting({ kind: 'booking', id: booking.id, label: booking.title }),
          }),
        ),
    ];
  }, [query, members, tree, pageId, rows]);
}
