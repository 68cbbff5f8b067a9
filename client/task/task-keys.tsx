// Shortcuts of tasks that work on every page of a workspace: a new task, the board, and those that change the task in
// question.
import { useWorkspace } from '../account';
import { useShortcut } from '../kit/keys/keyboard';
import { useOverlays } from '../kit/overlays';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { useFocusedTask, useOpenTask } from './active-task';
import { useCurrentProject } from './current-project';
import { isStatus, priorityNames, statuses, statusNames } from './facts';
import { copyTaskLink, useGoToProject } from './links';
import * as overlays from './overlays';
import { taskShortcuts } from './shortcuts';
import { changeTask } from './write';

export function TaskKeys() {
  const { show } = useOverlays();
  const workspace = useWorkspace();
  const goToProject = useGoToProject();
  const projectId = useCurrentProject();
  useShortcut(
    taskShortcuts.create,
    workspace.readOnly === null && projectId ? () => show(overlays.newTask) : null,
  );
  useShortcut(taskShortcuts.goBoard, projectId ? () => goToProject(projectId, 'board') : null);
  useShortcut(taskShortcuts.goList, projectId ? () => goToProject(projectId, 'list') : null);
  return <KeysOfTask />;
}

/** Of the task that is open, or else of the one that has the focus. */
function KeysOfTask() {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { show } = useOverlays();
  const { openId, open } = useOpenTask();
  const { focusedId } = useFocusedTask();
  const taskId = openId ?? focusedId;
  const editable = taskId !== null && workspace.readOnly === null;

  const field = (name: overlays.TaskField) =>
    editable ? () => show(overlays.taskField, { field: name, taskId }) : null;
  const priority = (value: number) =>
    editable
      ? () => act(`priority ${priorityNames[value]}`, changeTask(store.db, taskId, { priority: value }))
      : null;
  const shiftStatus = (by: 1 | -1) =>
    editable
      ? async () => {
          // What is shown is known at once; only a task that is shown nowhere is asked for.
          const status =
            store.shown('task', taskId)?.status ??
            (await store.read(store.db.selectFrom('task').select('status').where('id', '=', taskId)))[0]
              ?.status;
          if (typeof status !== 'string' || !isStatus(status)) return;
          const next = statuses[statuses.indexOf(status) + by];
          if (next) void act(`status ${statusNames[next]}`, changeTask(store.db, taskId, { status: next }));
        }
      : null;

  useShortcut(taskShortcuts.open, focusedId !== null ? () => focusedId !== openId && open(focusedId) : null);
  useShortcut(taskShortcuts.setStatus, field('status'));
  useShortcut(taskShortcuts.setPriority, field('priority'));
  useShortcut(taskShortcuts.setAssignee, field('assignee'));
  useShortcut(taskShortcuts.setLabels, field('labels'));
  useShortcut(taskShortcuts.setDue, field('due'));
  useShortcut(taskShortcuts.setProject, field('project'));
  useShortcut(taskShortcuts.priority0, priority(0));
  useShortcut(taskShortcuts.priority1, priority(1));
  useShortcut(taskShortcuts.priority2, priority(2));
  useShortcut(taskShortcuts.priority3, priority(3));
  useShortcut(taskShortcuts.priority4, priority(4));
  useShortcut(taskShortcuts.statusNext, shiftStatus(1));
  useShortcut(taskShortcuts.statusPrevious, shiftStatus(-1));
  useShortcut(
    taskShortcuts.assignMe,
    editable && workspace.memberId
      ? () => act('assignment to you', changeTask(store.db, taskId, { assignee_id: workspace.memberId }))
      : null,
  );
  useShortcut(taskShortcuts.copyLink, taskId ? () => copyTaskLink(taskId) : null);
  useShortcut(taskShortcuts.remove, editable ? () => show(overlays.deleteTask, { taskId }) : null);
  return null;
}
