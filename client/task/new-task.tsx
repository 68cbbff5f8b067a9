// The new-task dialog: a title is enough, everything else can be set at once.

import { type FormEvent, useState } from 'react';
import { useAuthor, useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Picker } from '../kit/picker';
import { Popover } from '../kit/popover';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { useOpenTask } from './active-task';
import { topKey } from './board/place';
import { useProjectChoices } from './choices';
import { useCurrentProject } from './current-project';
import { AssigneeField, DueField, LabelsField, PriorityField, StatusField } from './panel/fields';
import { ProjectBadge } from './project-badge';
import { useProjects } from './project-data';
import { createTask } from './write';

const chip = 'ring-1 ring-inset ring-line-strong h-7';

export function NewTask(props: {
  status?: string | undefined;
  projectId?: string | undefined;
  onClose: () => void;
}) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const projects = useProjects();
  const author = useAuthor();
  const current = useCurrentProject();
  const choices = useProjectChoices();
  const { open } = useOpenTask();
  const [projectId, setProjectId] = useState(props.projectId ?? current);
  const [pickingProject, setPickingProject] = useState(false);
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const [status, setStatus] = useState(props.status ?? 'todo');
  const [priority, setPriority] = useState(0);
  const [assigneeId, setAssignee] = useState<string | null>(null);
  const [dueOn, setDue] = useState<string | null>(null);
  const [labels, setLabels] = useState<string[]>([]);
  const project = projects?.find((p) => p.id === projectId);
  const { readOnly } = workspace;

  const create = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!title.trim() || !project) return;
    const { id, statements } = createTask(store.db, {
      workspaceId: workspace.id,
      projectId: project.id,
      title,
      description,
      status,
      priority,
      assigneeId,
      dueOn,
      labels,
      position: await topKey(store, project.id, status),
      author,
    });
    const label = `new task “${title.trim()}”`;
    if (await act(label, statements)) {
      props.onClose();
      if (description) open(id);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && props.onClose()}
      title="New task"
      width="max-w-[620px]"
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="new-task" disabled={!title.trim() || !project}>
            Create task
          </Button>
        </>
      }
    >
      <form
        id="new-task"
        onSubmit={create}
        onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && void create()}
      >
        <input
          autoFocus
          aria-label="Title"
          placeholder="What needs doing?"
          maxLength={500}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          className="w-full bg-transparent text-lg font-[600] tracking-[-0.011em] focus-visible:outline-none"
        />
        <textarea
          aria-label="Description"
          placeholder="Description…"
          value={description}
          onChange={(event) => setDescription(event.target.value)}
          className="mt-2 block field-sizing-content min-h-20 w-full resize-none bg-transparent text-base focus-visible:outline-none"
        />
        <div className="mt-3 flex flex-wrap gap-1.5">
          <Popover
            label="Project"
            open={pickingProject}
            onOpenChange={setPickingProject}
            trigger={
              <button
                type="button"
                aria-label={`Project: ${project?.name ?? 'none'}`}
                className={`inline-flex items-center gap-2 rounded-md px-2 hover:bg-hover ${chip}`}
              >
                {project ? <ProjectBadge projectKey={project.key} /> : null}
                {project?.name ?? 'Choose a project'}
              </button>
            }
          >
            <Picker
              label="Project"
              placeholder="Project…"
              choices={choices}
              chosen={projectId ? [projectId] : []}
              onChoose={(id) => {
                setProjectId(id);
                setPickingProject(false);
              }}
            />
          </Popover>
          <StatusField value={status} onChange={setStatus} readOnly={readOnly} className={chip} />
          <PriorityField value={priority} onChange={setPriority} readOnly={readOnly} className={chip} />
          <AssigneeField value={assigneeId} onChange={setAssignee} readOnly={readOnly} className={chip} />
          <DueField value={dueOn} onChange={setDue} readOnly={readOnly} className={chip} />
          <LabelsField
            value={labels}
            readOnly={readOnly}
            className="ring-1 ring-line-strong ring-inset"
            onToggle={(id, on) =>
              setLabels((old) => (on ? [...old, id] : old.filter((other) => other !== id)))
            }
          />
        </div>
      </form>
    </Dialog>
  );
}
