// Quick-add: type a title, Enter makes the task and asks for the next one.
import { type KeyboardEvent, useRef } from 'react';
import { useAuthor, useWorkspace } from '../account';
import { useDraft } from '../kit/draft';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { topKey } from './board/place';
import { statusNames, type TaskStatus } from './facts';
import { createTask } from './write';

export function QuickAdd(props: { projectId: string; status: TaskStatus; onClose: () => void }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const author = useAuthor();
  const {
    text: title,
    setText: setTitle,
    putBack,
  } = useDraft(`quick.${props.projectId}.${props.status}`, ' ');
  const area = useRef<HTMLTextAreaElement>(null);
  const add = async () => {
    if (!title.trim()) return props.onClose();
    setTitle('');
    const position = await topKey(store, props.projectId, props.status).catch(() => null);
    // Without an answer of the database there is no place for it; that the database does not answer is said elsewhere.
    if (position === null) return putBack(title);
    const { statements } = createTask(store.db, {
      workspaceId: workspace.id,
      projectId: props.projectId,
      title,
      status: props.status,
      position,
      author,
    });
    if (!(await act(`new task “${title.trim()}”`, statements))) putBack(title);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void add();
    }
    if (event.key === 'Escape') {
      event.stopPropagation();
      setTitle('');
      props.onClose();
    }
  };
  return (
    <div className="rounded-lg bg-surface p-2 shadow-card ring-2 ring-accent/70">
      <textarea
        ref={area}
        // biome-ignore lint/a11y/noAutofocus: it appears because the person asked to type
        autoFocus
        rows={2}
        maxLength={500}
        value={title}
        aria-label={`New task in ${statusNames[props.status]}`}
        placeholder="What needs doing?"
        onChange={(event) => setTitle(event.target.value.replace(/\n/g, ' '))}
        onKeyDown={onKeyDown}
        onBlur={() => !title.trim() && props.onClose()}
        className="block w-full resize-none bg-transparent px-1 font-[500] focus-visible:outline-none"
      />
      <p className="px-1 text-xs text-ink-3">Enter adds it, Esc closes</p>
    </div>
  );
}
