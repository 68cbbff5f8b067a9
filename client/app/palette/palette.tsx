// The command palette: what the features offer, their places, and tasks, pages and bookings by their text, in one box.
import { useNavigate } from '@tanstack/react-router';
import { Command as Cmdk } from 'cmdk';
import { CalendarRange, FileText } from 'lucide-react';
import { useDeferredValue, useLayoutEffect, useState } from 'react';
import { useWorkspace } from '../../account';
import { useGoToBooking } from '../../booking';
import { type Command, useFeatures } from '../../kit/feature';
import { Keys } from '../../kit/kbd';
import { PaletteFrame } from '../../kit/palette-frame';
import { itemStyle } from '../../kit/picker';
import { prefixQuery } from '../../kit/prefix-query';
import { exactTime } from '../../kit/when';
import { useGoToPage } from '../../page';
import { searchHits } from '../../search';
import { useLive } from '../../sync/react/store-context';
import { StatusIcon, useOpenTask } from '../../task';

const groupStyle =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3';

const taskValue = (id: string) => `task ${id}`;

/** Headings in their order; the others come after what was found. */
const first = ['This task', 'Bookings', 'Do', 'Go to'];
const beforeHits = (group: string) => first.includes(group);
const groupAt = ({ group }: Command) => (first.indexOf(group) + 1 || first.length + 1) * 1_000;

/** What the features offer now, and the ways to their places, in order. */
function useCommands(): readonly Command[] {
  const features = useFeatures();
  const navigate = useNavigate();
  const { id } = useWorkspace();
  const places = features.flatMap((feature) => feature.places ?? []);
  const goTo = places.map(
    ({ name, icon: Icon, to, shortcuts, keywords, at }): Command => ({
      group: 'Go to',
      name,
      icon: <Icon size={15} />,
      keys: shortcuts[0].keys[0],
      keywords: keywords ?? [],
      at,
      run: () => void navigate({ to, params: { workspaceId: id } }),
    }),
  );
  // biome-ignore lint/correctness/useHookAtTopLevel: the features are the same at every render
  const offered = features.flatMap((feature) => feature.useCommands?.() ?? []);
  return [...goTo, ...offered].sort((a, b) => groupAt(a) + (a.at ?? 100) - groupAt(b) - (b.at ?? 100));
}

function CommandItem({ command, onHide }: { command: Command; onHide: () => void }) {
  const { name, icon, keys, keywords, stay, run } = command;
  return (
    <Cmdk.Item
      value={name}
      keywords={[...(keywords ?? [])]}
      onSelect={() => {
        if (!stay) onHide();
        run();
      }}
      className={itemStyle}
    >
      <span className="flex size-5 items-center justify-center text-ink-3">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {keys ? <Keys keys={keys} /> : null}
    </Cmdk.Item>
  );
}

export function Palette({ onClose: hide }: { onClose: () => void }) {
  const { open } = useOpenTask();
  const workspace = useWorkspace();
  const goToBooking = useGoToBooking();
  const goToPage = useGoToPage();
  const commands = useCommands();
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

  const groups = (where: (group: string) => boolean) =>
    [...new Set(commands.map((command) => command.group))].filter(where).map((group) => (
      <Cmdk.Group key={group} heading={group} className={groupStyle}>
        {commands
          .filter((command) => command.group === group)
          .map((command) => (
            <CommandItem key={command.name} command={command} onHide={hide} />
          ))}
      </Cmdk.Group>
    ));

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
        <Cmdk.Empty className="px-3 py-6 text-center text-ink-3">Nothing found.</Cmdk.Empty>
      ) : null}
      {groups(beforeHits)}
      {tasks.length > 0 ? (
        <Cmdk.Group heading="Tasks" forceMount className={groupStyle}>
          {tasks.map((hit) => (
            <Cmdk.Item
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
            </Cmdk.Item>
          ))}
        </Cmdk.Group>
      ) : null}
      {written.length > 0 ? (
        <Cmdk.Group heading="Pages" forceMount className={groupStyle}>
          {written.map((hit) => (
            <Cmdk.Item
              key={hit.id}
              value={`page ${hit.id}`}
              forceMount
              onSelect={() => {
                hide();
                goToPage(hit.id, text);
              }}
              className={itemStyle}
            >
              <span className="flex size-5 items-center justify-center text-ink-3">
                <FileText size={15} aria-hidden />
              </span>
              <span className="min-w-0 flex-1 truncate">{hit.title}</span>
            </Cmdk.Item>
          ))}
        </Cmdk.Group>
      ) : null}
      {booked.length > 0 ? (
        <Cmdk.Group heading="Booked" forceMount className={groupStyle}>
          {booked.map((hit) => (
            <Cmdk.Item
              key={hit.id}
              value={`booking ${hit.id}`}
              forceMount
              onSelect={() => {
                hide();
                goToBooking(hit.id, hit.at);
              }}
              className={itemStyle}
            >
              <span className="flex size-5 items-center justify-center text-ink-3">
                <CalendarRange size={15} aria-hidden />
              </span>
              <span className="min-w-0 flex-1 truncate">{hit.title}</span>
              <span className="text-xs text-ink-3">{exactTime(hit.at)}</span>
            </Cmdk.Item>
          ))}
        </Cmdk.Group>
      ) : null}
      {groups((group) => !beforeHits(group))}
    </PaletteFrame>
  );
}
