// Making and renaming projects.

import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { newId } from '../../db/sync/ids';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { keyBetween } from '../kit/position';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { useProjects } from './project-data';
import type { ProjectRow } from './project-queries';

/** A short key out of a name: initials of several words, or the first letters of one. */
export function suggestKey(name: string, taken: readonly string[]): string {
  const words = name
    .normalize('NFD')
    .toUpperCase()
    .replace(/[^A-Z0-9 ]/g, '')
    .split(/\s+/)
    .filter((word) => /^[A-Z]/.test(word));
  const base = words.length > 1 ? words.map((word) => word[0]).join('') : (words[0] ?? '');
  const key = base.slice(0, words.length > 1 ? 5 : 3) || 'P';
  if (!taken.includes(key)) return key;
  for (let n = 2; ; n++) if (!taken.includes(`${key}${n}`)) return `${key}${n}`;
}

export function NewProject({ onClose }: { onClose: () => void }) {
  const store = useStore();
  const workspace = useWorkspace();
  const act = useAct();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const projects = useProjects();
  const taken = (projects ?? []).map((project) => project.key);
  const shownKey = key ?? (name ? suggestKey(name, taken) : '');
  const keyError =
    !shownKey || /^[A-Z][A-Z0-9]{0,7}$/.test(shownKey) ? null : 'One to eight capital letters or digits.';
  const clash = taken.includes(shownKey) ? 'Another project has this key.' : null;
  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim() || !shownKey || keyError || clash) return;
    const id = newId();
    const last = projects?.at(-1)?.position ?? null;
    const values = {
      id,
      workspace_id: workspace.id,
      key: shownKey,
      name: name.trim(),
      position: keyBetween(last, null),
    };
    const written = await act(`new project ${name}`, [store.db.insertInto('project').values(values)]);
    if (!written) return;
    onClose();
    void navigate({
      to: '/w/$workspaceId/p/$projectId/board',
      params: { workspaceId: workspace.id, projectId: id },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New project"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="new-project" disabled={!name.trim()}>
            Create project
          </Button>
        </>
      }
    >
      <form id="new-project" onSubmit={create} className="flex flex-col gap-4">
        <Field
          label="Name"
          value={name}
          onChange={(e) => setName(e.target.value)}
          maxLength={120}
          autoFocus
        />
        <Field
          label="Key"
          value={shownKey}
          onChange={(e) => setKey(e.target.value.toUpperCase())}
          maxLength={8}
          error={keyError ?? clash}
          hint="A short sign for this project. It cannot be changed later."
        />
      </form>
    </Dialog>
  );
}

export function RenameProject(props: {
  project: ProjectRow;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const store = useStore();
  const act = useAct();
  const [name, setName] = useState(props.project.name);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    const { project } = props;
    const statement = store.db.updateTable('project').set({ name: name.trim() }).where('id', '=', project.id);
    if (await act(`new name of ${project.name}`, [statement])) props.onOpenChange(false);
  };
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title="Rename project"
      actions={
        <>
          <Button onClick={() => props.onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" type="submit" form="rename-project">
            Rename
          </Button>
        </>
      }
    >
      <form id="rename-project" onSubmit={save}>
        <Field
          label="Name"
          value={name}
          onChange={(e) => setName(e.target.value)}
          maxLength={120}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
