// The open task: title, fields, description, comments. Beside the page; over all of it on a phone.

import { Link2, MoreHorizontal, SquareCheck, Trash2, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useWorkspace } from '../../account';
import { IconButton } from '../../kit/button';
import { Empty } from '../../kit/empty';
import { useShortcut } from '../../kit/keys/keyboard';
import { SyncMark } from '../../kit/mark';
import { Menu, MenuItem } from '../../kit/menu';
import { useOverlays } from '../../kit/overlays';
import { ago, exactTime } from '../../kit/when';
import { useAct } from '../../sync/react/act';
import { useLive, useStatusOf, useStore } from '../../sync/react/store-context';
import { focusTask } from '../board/keys';
import { priorityNames, statusNames, type TaskStatus } from '../facts';
import { ImportedMark } from '../imported';
import { detailOptions } from '../laying';
import { copyTaskLink } from '../links';
import * as overlays from '../overlays';
import { useProjects } from '../project-data';
import { type TaskDetail, taskDetail } from '../queries';
import { taskShortcuts } from '../shortcuts';
import { changeTask, setLabel, type TaskChange } from '../write';
import { Comments } from './comments';
import { Description } from './description';
import { AssigneeField, DueField, LabelsField, PriorityField, StatusField } from './fields';
import { ShownFields } from './shown-fields';
import { TitleField } from './title';

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-8 items-start">
      <span className="w-24 shrink-0 pt-1 text-ink-3">{label}</span>
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}

export function TaskPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const projects = useProjects();
  const isLoading = useStatusOf((status) => status.loading !== null);
  const { show } = useOverlays();
  const rows = useLive<TaskDetail>((db) => taskDetail(db, id), [id], detailOptions());
  const task = rows?.[0];
  const panel = useRef<HTMLElement>(null);
  const close = () => {
    onClose();
    focusTask(id, 2);
  };
  useShortcut(taskShortcuts.close, close);
  // On a phone the panel covers the page, so the focus belongs in it.
  useEffect(() => {
    if (window.innerWidth < 900) panel.current?.focus();
  }, []);
  const project = projects?.find((p) => p.id === task?.project_id);
  const change = async (label: string, set: TaskChange) =>
    (await act(label, changeTask(store.db, id, set))) !== null;
  const { readOnly } = workspace;
  // A name without a member comes with an import, and only so (A4).
  const imported = task !== undefined && task.author_id === null && task.source !== null;
  const writer = (task?.author_id && workspace.memberById.get(task.author_id)?.name) || task?.author;
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label="Task"
      className="anim-slide flex w-[min(520px,44vw)] shrink-0 flex-col border-l border-line bg-surface focus-visible:outline-none max-[900px]:fixed max-[900px]:inset-0 max-[900px]:z-20 max-[900px]:w-full max-[900px]:border-0"
    >
      <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pr-2 pl-5">
        <span className="min-w-0 truncate text-xs text-ink-3">{project?.name ?? ''}</span>
        <div className="flex-1" />
        {task ? <SyncMark pending={task.pending} writing={task.writing === true} words /> : null}
        <IconButton label="Copy link" className="ml-2" onClick={() => copyTaskLink(id)}>
          <Link2 size={15} aria-hidden />
        </IconButton>
        <Menu
          align="end"
          label="Task actions"
          trigger={
            <IconButton label="Task actions">
              <MoreHorizontal size={15} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem
            keys="m"
            disabled={readOnly !== null}
            note={readOnly}
            onSelect={() => show(overlays.taskField, { field: 'project', taskId: id })}
          >
            Move to project…
          </MenuItem>
          <MenuItem
            danger
            icon={<Trash2 size={14} />}
            disabled={readOnly !== null}
            onSelect={() => show(overlays.deleteTask, { taskId: id })}
          >
            Delete task
          </MenuItem>
        </Menu>
        <IconButton label="Close task" keys="escape" onClick={close}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      {!task ? (
        rows === undefined || isLoading ? (
          <div className="flex flex-col gap-4 p-6" aria-hidden>
            <span className="skeleton h-5 w-3/4" />
            <span className="skeleton h-3 w-1/2" />
            <span className="skeleton h-3 w-2/5" />
          </div>
        ) : (
          <Empty icon={<SquareCheck size={20} aria-hidden />} title="This task is not here">
            It was deleted, or it has not arrived on this device yet.
          </Empty>
        )
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto overscroll-y-contain">
          <div className="px-5 pt-5 pb-4">
            <TitleField
              value={task.title}
              readOnly={readOnly}
              onSave={(title) => change(`title “${title}”`, { title })}
            />
            <div className="mt-3 flex flex-col">
              <Field label="Status">
                <StatusField
                  value={task.status}
                  readOnly={readOnly}
                  onChange={(value) =>
                    void change(`status ${statusNames[value as TaskStatus]}`, { status: value })
                  }
                />
              </Field>
              <Field label="Priority">
                <PriorityField
                  value={task.priority}
                  readOnly={readOnly}
                  onChange={(value) => void change(`priority ${priorityNames[value]}`, { priority: value })}
                />
              </Field>
              <Field label="Assignee">
                <AssigneeField
                  value={task.assignee_id}
                  readOnly={readOnly}
                  onChange={(value) => void change('assignee', { assignee_id: value })}
                />
              </Field>
              <Field label="Due date">
                <DueField
                  value={task.due_on}
                  readOnly={readOnly}
                  onChange={(value) => void change('due date', { due_on: value })}
                />
              </Field>
              <Field label="Labels">
                <LabelsField
                  value={task.labels}
                  readOnly={readOnly}
                  onToggle={(labelId, on) =>
                    void act(
                      on ? 'added label' : 'removed label',
                      setLabel(store.db, workspace.id, id, labelId, on),
                    )
                  }
                />
              </Field>
              <ShownFields task={task} readOnly={readOnly} onSave={change} />
            </div>
            <Description
              value={task.description}
              readOnly={readOnly}
              onSave={(description) => change('description', { description })}
            />
            <p className="mt-4 text-xs text-ink-3">
              Created {writer ? `by ${writer} ` : ''}
              {imported ? (
                <>
                  <ImportedMark />{' '}
                </>
              ) : null}
              <time dateTime={task.created_at} title={exactTime(task.created_at)}>
                {ago(task.created_at)}
              </time>
              {task.source?.startsWith('https://') ? (
                <>
                  {' · '}
                  <a
                    href={task.source}
                    target="_blank"
                    rel="noreferrer"
                    className="underline underline-offset-2"
                  >
                    source
                  </a>
                </>
              ) : null}
            </p>
          </div>
          <Comments taskId={id} />
        </div>
      )}
    </aside>
  );
}
