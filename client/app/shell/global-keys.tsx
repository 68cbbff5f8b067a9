// Shortcuts that work on every page of a workspace, and those that change the task in question.

import { useWorkspace } from '../../account/workspace';
import { useShortcut } from '../../kit/keys/keyboard';
import { recall } from '../../kit/remember';
import { useAct, useUndo } from '../../sync/react/act';
import { useStore } from '../../sync/react/store-context';
import { useFocusedTask, useOpenTask } from '../../task/active-task';
import { isStatus, priorityNames, statuses, statusNames } from '../../task/facts';
import { copyTaskLink } from '../../task/link';
import { changeTask } from '../../task/write';
import { type TaskField, useOverlays } from './overlays';
import { useGoTo } from './sidebar';
import { useSidebar } from './sidebar-state';

/** The project that was open last, or the first one. */
export function useCurrentProject(): string | null {
  const workspace = useWorkspace();
  const projects = workspace.projects?.filter((project) => !project.archived) ?? [];
  const last = recall<string>(`project.${workspace.id}`);
  return projects.find((project) => project.id === last)?.id ?? projects[0]?.id ?? null;
}

function TaskKeys() {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { show } = useOverlays();
  const { openId, open } = useOpenTask();
  const { focusedId } = useFocusedTask();
  const taskId = openId ?? focusedId;
  const editable = taskId !== null && workspace.readOnly === null;

  const field = (name: TaskField) =>
    editable ? () => show({ kind: 'task-field', field: name, taskId }) : null;
  const priority = (value: number) =>
    editable
      ? () => act(`priority ${priorityNames[value]}`, changeTask(store.db, taskId, { priority: value }))
      : null;
  const shiftStatus = (by: 1 | -1) =>
    editable
      ? async () => {
          const [task] = await store.read(
            store.db.selectFrom('task').select('status').where('id', '=', taskId),
          );
          if (!task || !isStatus(task.status)) return;
          const next = statuses[statuses.indexOf(task.status) + by];
          if (next) await act(`status ${statusNames[next]}`, changeTask(store.db, taskId, { status: next }));
        }
      : null;

  useShortcut('open', focusedId !== null ? () => focusedId !== openId && open(focusedId) : null);
  useShortcut('setStatus', field('status'));
  useShortcut('setPriority', field('priority'));
  useShortcut('setAssignee', field('assignee'));
  useShortcut('setLabels', field('labels'));
  useShortcut('setDue', field('due'));
  useShortcut('setProject', field('project'));
  useShortcut('priority0', priority(0));
  useShortcut('priority1', priority(1));
  useShortcut('priority2', priority(2));
  useShortcut('priority3', priority(3));
  useShortcut('priority4', priority(4));
  useShortcut('statusNext', shiftStatus(1));
  useShortcut('statusPrevious', shiftStatus(-1));
  useShortcut(
    'assignMe',
    editable && workspace.memberId
      ? () => act('assignment to you', changeTask(store.db, taskId, { assignee_id: workspace.memberId }))
      : null,
  );
  useShortcut('copyLink', taskId ? () => copyTaskLink(taskId) : null);
  useShortcut('remove', editable ? () => show({ kind: 'delete-task', taskId }) : null);
  return null;
}

export function GlobalKeys() {
  const { show } = useOverlays();
  const { undo, redo } = useUndo();
  const { toggle } = useSidebar();
  const workspace = useWorkspace();
  const goTo = useGoTo();
  const projectId = useCurrentProject();
  useShortcut('palette', () => show({ kind: 'palette' }));
  useShortcut('help', () => show({ kind: 'help' }));
  useShortcut('create', workspace.readOnly === null && projectId ? () => show({ kind: 'new-task' }) : null);
  useShortcut('undo', () => void undo());
  useShortcut('redo', () => void redo());
  useShortcut('sidebar', toggle);
  useShortcut('search', () => void goTo.page('search'));
  useShortcut('goSearch', () => void goTo.page('search'));
  useShortcut('goInbox', () => void goTo.page('inbox'));
  useShortcut('goBookings', () => void goTo.page('bookings'));
  useShortcut('goStock', () => void goTo.page('stock'));
  useShortcut('goPages', () => void goTo.page('pages'));
  useShortcut('goMembers', () => void goTo.page('members'));
  useShortcut('goSettings', () => void goTo.page('settings'));
  useShortcut('goBoard', projectId ? () => void goTo.project(projectId, 'board') : null);
  useShortcut('goList', projectId ? () => void goTo.project(projectId, 'list') : null);
  return <TaskKeys />;
}
