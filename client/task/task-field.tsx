// One field of a task, chosen from the keyboard: the same choices as in the panel, in the middle of the screen.

import { Command } from 'cmdk';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { useWorkspace } from '../account';
import { Calendar } from '../kit/calendar';
import { PaletteFrame } from '../kit/palette-frame';
import { ChoiceItems, itemStyle } from '../kit/picker';
import { useAct } from '../sync/react/act';
import { useLive, useStore } from '../sync/react/store-context';
import { topKey } from './board/place';
import {
  nobody,
  priorityChoices,
  statusChoices,
  useAssigneeChoices,
  useLabelChoices,
  useProjectChoices,
} from './choices';
import { priorityNames, statusNames, type TaskStatus } from './facts';
import { useMakeLabel } from './labels';
import { detailOptions } from './laying';
import type { TaskField as Field } from './overlays';
import { useProjects } from './project-data';
import { type TaskDetail, taskDetail } from './queries';
import { changeTask, setLabel, type TaskChange } from './write';

const titles: Record<Field, string> = {
  status: 'Set status',
  priority: 'Set priority',
  assignee: 'Assign to',
  labels: 'Set labels',
  due: 'Set due date',
  project: 'Move to project',
};

function CalendarFrame({
  title,
  children,
  onClose,
}: {
  title: string;
  children: ReactNode;
  onClose: () => void;
}) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="anim-fade fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          aria-describedby={undefined}
          className="anim-pop fixed top-[16vh] left-1/2 z-50 -translate-x-1/2 rounded-xl bg-raised p-2 shadow-pop"
        >
          <Radix.Title className="px-2 pt-1 pb-1 font-[600]">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function TaskFieldPalette(props: { field: Field; taskId: string; onClose: () => void }) {
  const { field, taskId, onClose: hide } = props;
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const projects = useProjects();
  const makeLabel = useMakeLabel();
  const [search, setSearch] = useState('');
  const task = useLive<TaskDetail>((db) => taskDetail(db, taskId), [taskId], detailOptions())?.[0];
  const choices = {
    status: statusChoices,
    priority: priorityChoices,
    assignee: useAssigneeChoices(),
    labels: useLabelChoices(),
    project: useProjectChoices(),
    due: [],
  }[field];
  if (!task) return null;

  const change = (label: string, set: TaskChange) => {
    hide();
    void act(label, changeTask(store.db, taskId, set));
  };
  const toggleLabel = (id: string, on: boolean) =>
    void act(on ? 'added label' : 'removed label', setLabel(store.db, workspace.id, taskId, id, on));
  const choose: Record<Exclude<Field, 'due'>, (value: string) => void> = {
    status: (value) => change(`status ${statusNames[value as TaskStatus]}`, { status: value }),
    priority: (value) => change(`priority ${priorityNames[Number(value)]}`, { priority: Number(value) }),
    assignee: (value) => change('assignee', { assignee_id: value === nobody ? null : value }),
    labels: (value) => toggleLabel(value, !task.labels.includes(value)),
    project: async (value) => {
      hide();
      if (value === task.project_id) return;
      const position = await topKey(store, value, task.status);
      const name = projects?.find((project) => project.id === value)?.name ?? 'another project';
      await act(`move to ${name}`, changeTask(store.db, taskId, { project_id: value, position }), {
        say: `Moved to ${name}`,
      });
    },
  };
  const chosen: Record<Field, string[]> = {
    status: [task.status],
    priority: [String(task.priority)],
    assignee: [task.assignee_id ?? nobody],
    labels: task.labels,
    project: [task.project_id],
    due: [],
  };

  if (field === 'due') {
    return (
      <CalendarFrame title={titles.due} onClose={hide}>
        <Calendar value={task.due_on} onChange={(value) => change('due date', { due_on: value })} />
      </CalendarFrame>
    );
  }
  const typed = search.trim();
  const isNew = typed && !choices.some((choice) => choice.label.toLowerCase() === typed.toLowerCase());
  return (
    <PaletteFrame
      title={titles[field]}
      about={task.title}
      placeholder={`${titles[field]}…`}
      search={search}
      onSearch={setSearch}
      onClose={hide}
    >
      <ChoiceItems choices={choices} chosen={chosen[field]} onChoose={choose[field]} />
      {field === 'labels' && isNew ? (
        <Command.Item
          forceMount
          value={`create ${typed}`}
          className={itemStyle}
          onSelect={async () => {
            const id = await makeLabel(typed);
            setSearch('');
            if (id) toggleLabel(id, true);
          }}
        >
          <span className="text-ink-3">Create label</span> “{typed}”
        </Command.Item>
      ) : (
        <Command.Empty className="px-3 py-4 text-ink-3">Nothing has that name.</Command.Empty>
      )}
    </PaletteFrame>
  );
}
