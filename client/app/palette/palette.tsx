// The command palette: actions, places, and tasks by their text, in one box.
import { Command } from 'cmdk';
import {
  CalendarRange,
  Columns3,
  FileText,
  Inbox,
  Keyboard as KeyboardIcon,
  List as ListIcon,
  LogOut,
  Moon,
  Package,
  Search,
  Settings,
  SquarePen,
  Sun,
  Undo2,
  Users,
} from 'lucide-react';
import { type ReactNode, useDeferredValue, useLayoutEffect, useState } from 'react';
import { useWorkspace } from '../../account/workspace';
import { Keys } from '../../kit/kbd';
import { useAvailable, useKeyboard } from '../../kit/keys/keyboard';
import { type ShortcutId, shortcuts } from '../../kit/keys/shortcuts';
import { PaletteFrame } from '../../kit/palette-frame';
import { itemStyle } from '../../kit/picker';
import { exactTime } from '../../kit/when';
import { searchHits } from '../../search/queries';
import { useUndo } from '../../sync/react/act';
import { useLive } from '../../sync/react/store-context';
import { useOpenTask } from '../../task/active-task';
import { prefixQuery } from '../../task/filters';
import { StatusIcon } from '../../task/icons';
import { useOverlays } from '../shell/overlays';
import { ProjectBadge, useGoTo } from '../shell/sidebar';
import { setTheme } from '../theme';

const groupStyle =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3';

/** What can be done on the page of bookings. */
const bookingActions: ShortcutId[] = [
  'newBooking',
  'bookingsToday',
  'bookingsDay',
  'bookingsWeek',
  'bookingsMonth',
  'bookingsEarlier',
  'bookingsLater',
];

/** Actions on the task in question, in the order in which they are offered. */
const taskActions: ShortcutId[] = [
  'setStatus',
  'setPriority',
  'setAssignee',
  'assignMe',
  'setLabels',
  'setDue',
  'setProject',
  'edit',
  'comment',
  'copyLink',
  'remove',
];

const taskValue = (id: string) => `task ${id}`;

function Item(props: {
  name: string;
  icon?: ReactNode;
  keys?: string;
  keywords?: string[];
  onSelect: () => void;
  /** It opens something else in the palette's place. */
  stay?: boolean;
}) {
  const { hide } = useOverlays();
  return (
    <Command.Item
      value={props.name}
      keywords={props.keywords ?? []}
      onSelect={() => {
        if (!props.stay) hide();
        props.onSelect();
      }}
      className={itemStyle}
    >
      <span className="flex size-5 items-center justify-center text-ink-3">{props.icon}</span>
      <span className="min-w-0 flex-1 truncate">{props.name}</span>
      {props.keys ? <Keys keys={props.keys} /> : null}
    </Command.Item>
  );
}

export function Palette() {
  const { show, hide } = useOverlays();
  const { open } = useOpenTask();
  const { undo } = useUndo();
  const workspace = useWorkspace();
  const goTo = useGoTo();
  const keyboard = useKeyboard();
  const available = useAvailable();
  const [text, setText] = useState('');
  const words = useDeferredValue(prefixQuery(text));
  const hits = useLive(
    (db) => (words ? searchHits(db, workspace.id, words, 8) : null),
    [workspace.id, words],
  );
  const found = (hits ?? []).filter((hit) => hit.kind === 'task' || hit.kind === 'comment');
  const tasks = [...new Map(found.map((hit) => [hit.task_id, hit])).values()].slice(0, 6);
  const booked = (hits ?? []).filter((hit) => hit.kind === 'booking').slice(0, 4);
  const written = (hits ?? []).filter((hit) => hit.kind === 'page').slice(0, 4);
  const [chosen, setChosen] = useState('');
  // Tasks come after cmdk has looked for a first item, and it does not count those that it does not filter.
  const first = tasks[0] && taskValue(tasks[0].task_id);
  const isGone = chosen.startsWith(taskValue('')) && !tasks.some((hit) => taskValue(hit.task_id) === chosen);
  // Before the paint: Enter takes what is seen.
  useLayoutEffect(() => {
    if (first && (chosen === '' || isGone)) setChosen(first);
  }, [first, chosen, isGone]);

  return (
    <PaletteFrame
      title="Command palette"
      placeholder="Type a command, or words of a task…"
      search={text}
      onSearch={setText}
      chosen={chosen}
      onChosen={setChosen}
      onClose={hide}
    >
      {tasks.length + booked.length + written.length === 0 ? (
        <Command.Empty className="px-3 py-6 text-center text-ink-3">Nothing found.</Command.Empty>
      ) : null}
      {available('setStatus') ? (
        <Command.Group heading="This task" className={groupStyle}>
          {taskActions.filter(available).map((id) => (
            <Item
              key={id}
              name={shortcuts[id].title}
              keys={shortcuts[id].keys[0]!}
              stay={id.startsWith('set') || id === 'remove'}
              onSelect={() =>
                id === 'edit' || id === 'comment' ? setTimeout(() => keyboard.run(id)) : keyboard.run(id)
              }
            />
          ))}
        </Command.Group>
      ) : null}
      {available('bookingsToday') ? (
        <Command.Group heading="Bookings" className={groupStyle}>
          {bookingActions.filter(available).map((id) => (
            <Item
              key={id}
              name={shortcuts[id].title}
              keys={shortcuts[id].keys[0]!}
              // The dialog opens when the palette has gone, so that it gets the focus.
              onSelect={() => setTimeout(() => keyboard.run(id))}
            />
          ))}
        </Command.Group>
      ) : null}
      <Command.Group heading="Do" className={groupStyle}>
        {available('create') ? (
          <Item
            name="Create a task"
            icon={<SquarePen size={15} />}
            keys="c"
            stay
            keywords={['new', 'add']}
            onSelect={() => show({ kind: 'new-task' })}
          />
        ) : null}
        {workspace.readOnly ? null : (
          <Item
            name="Create a project"
            stay
            keywords={['new']}
            onSelect={() => show({ kind: 'new-project' })}
          />
        )}
        <Item name="Undo" icon={<Undo2 size={15} />} keys="mod+z" onSelect={() => void undo()} />
      </Command.Group>
      <Command.Group heading="Go to" className={groupStyle}>
        <Item
          name="Search"
          icon={<Search size={15} />}
          keys="g s"
          onSelect={() => void goTo.page('search')}
        />
        <Item name="Inbox" icon={<Inbox size={15} />} keys="g i" onSelect={() => void goTo.page('inbox')} />
        {available('goBoard') ? (
          <>
            <Item
              name="Board"
              icon={<Columns3 size={15} />}
              keys="g b"
              onSelect={() => keyboard.run('goBoard')}
            />
            <Item
              name="List"
              icon={<ListIcon size={15} />}
              keys="g l"
              onSelect={() => keyboard.run('goList')}
            />
          </>
        ) : null}
        <Item
          name="Bookings"
          icon={<CalendarRange size={15} />}
          keys="g c"
          keywords={['calendar', 'rooms', 'vehicles', 'resources']}
          onSelect={() => void goTo.page('bookings')}
        />
        <Item
          name="Pages"
          icon={<FileText size={15} />}
          keys="g p"
          keywords={['documents', 'bin', 'archive', 'import', 'export']}
          onSelect={() => void goTo.page('pages')}
        />
        <Item
          name="Stock"
          icon={<Package size={15} />}
          keys="g k"
          keywords={['items', 'places', 'quantity', 'take', 'move']}
          onSelect={() => void goTo.page('stock')}
        />
        <Item
          name="Members"
          icon={<Users size={15} />}
          keys="g m"
          keywords={['invite', 'people']}
          onSelect={() => void goTo.page('members')}
        />
        <Item
          name="Settings"
          icon={<Settings size={15} />}
          keys="g ,"
          keywords={['import', 'storage', 'theme']}
          onSelect={() => void goTo.page('settings')}
        />
        {(workspace.projects ?? [])
          .filter((project) => !project.archived)
          .map((project) => (
            <Item
              key={project.id}
              name={`Project: ${project.name}`}
              icon={<ProjectBadge projectKey={project.key} />}
              onSelect={() => void goTo.project(project.id, 'board')}
            />
          ))}
      </Command.Group>
      {tasks.length > 0 ? (
        <Command.Group heading="Tasks" forceMount className={groupStyle}>
          {tasks.map((hit) => (
            <Command.Item
              key={hit.task_id}
              value={taskValue(hit.task_id)}
              forceMount
              onSelect={() => {
                hide();
                open(hit.task_id);
              }}
              className={itemStyle}
            >
              <span className="flex size-5 items-center justify-center">
                <StatusIcon status={hit.status} />
              </span>
              <span className="min-w-0 flex-1 truncate">{hit.title}</span>
            </Command.Item>
          ))}
        </Command.Group>
      ) : null}
      {written.length > 0 ? (
        <Command.Group heading="Pages" forceMount className={groupStyle}>
          {written.map((hit) => (
            <Command.Item
              key={hit.id}
              value={`page ${hit.id}`}
              forceMount
              onSelect={() => {
                hide();
                void goTo.document(hit.id, text);
              }}
              className={itemStyle}
            >
              <span className="flex size-5 items-center justify-center text-ink-3">
                <FileText size={15} aria-hidden />
              </span>
              <span className="min-w-0 flex-1 truncate">{hit.title}</span>
            </Command.Item>
          ))}
        </Command.Group>
      ) : null}
      {booked.length > 0 ? (
        <Command.Group heading="Booked" forceMount className={groupStyle}>
          {booked.map((hit) => (
            <Command.Item
              key={hit.id}
              value={`booking ${hit.id}`}
              forceMount
              onSelect={() => {
                hide();
                void goTo.booking(hit.id, hit.at);
              }}
              className={itemStyle}
            >
              <span className="flex size-5 items-center justify-center text-ink-3">
                <CalendarRange size={15} aria-hidden />
              </span>
              <span className="min-w-0 flex-1 truncate">{hit.title}</span>
              <span className="text-xs text-ink-3">{exactTime(hit.at)}</span>
            </Command.Item>
          ))}
        </Command.Group>
      ) : null}
      <Command.Group heading="More" className={groupStyle}>
        <Item name="Light theme" icon={<Sun size={15} />} onSelect={() => setTheme('light')} />
        <Item name="Dark theme" icon={<Moon size={15} />} onSelect={() => setTheme('dark')} />
        <Item name="Theme of the system" onSelect={() => setTheme('system')} />
        <Item
          name="Keyboard shortcuts"
          icon={<KeyboardIcon size={15} />}
          keys="?"
          stay
          onSelect={() => show({ kind: 'help' })}
        />
        <Item name="Sign out" icon={<LogOut size={15} />} stay onSelect={() => show({ kind: 'sign-out' })} />
      </Command.Group>
    </PaletteFrame>
  );
}
