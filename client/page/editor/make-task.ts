// A checklist item becomes a task: in the project that was open last, named as the item; the item then mentions it.
import type { Editor } from '@tiptap/core';
import { toast } from 'sonner';
import { useAuthor, useWorkspace } from '../../account';
import { keyBetween } from '../../kit/position';
import { type Act, useAct } from '../../sync/react/act';
import { useStore } from '../../sync/react/store-context';
import { createTask, useCurrentProject, useProjects } from '../../task';
import { checklistItem } from '../body/checklist-item';

/** @returns what makes a task of the item that has the caret */
export function useMakeTask(): (editor: Editor) => void {
  const store = useStore();
  const act: Act = useAct();
  const workspace = useWorkspace();
  const projects = useProjects();
  const projectId = useCurrentProject();
  const author = useAuthor();
  return (editor) => {
    const item = checklistItem(editor);
    if (!item?.text || workspace.readOnly) return;
    const project = projects?.find((p) => p.id === projectId);
    if (!project) {
      toast('There is no project for the task. Make one first.');
      return;
    }
    const make = async () => {
      const [last] = await store.read(
        store.db
          .selectFrom('task')
          .select('position')
          .where('project_id', '=', project.id)
          .where('status', '=', 'todo')
          .orderBy('position', 'desc')
          .limit(1),
      );
      const title = item.text.slice(0, 500);
      const { id, statements } = createTask(store.db, {
        workspaceId: workspace.id,
        projectId: project.id,
        title,
        status: 'todo',
        position: keyBetween(last?.position ?? null, null),
        author,
      });
      if (!(await act(`new task “${title}”`, statements, { say: `New task in ${project.name}` }))) return;
      const now = checklistItem(editor);
      const mention = { type: 'mention', attrs: { kind: 'task', id, label: title } };
      // The text may have been changed, or the caret moved, while the task was written.
      if (editor.isDestroyed || now?.text !== item.text) return;
      editor.chain().focus().insertContentAt({ from: now.from, to: now.to }, mention).run();
    };
    void make();
  };
}
