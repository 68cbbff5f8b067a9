// Comments of the open task, and writing a new one. What is being typed survives closing the panel.
import { MoreHorizontal, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useAuthor, useWorkspace } from '../../account';
import { Avatar } from '../../kit/avatar';
import { Boundary } from '../../kit/boundary';
import { Button, IconButton } from '../../kit/button';
import { useDraft } from '../../kit/draft';
import { useShortcut } from '../../kit/keys/keyboard';
import { SyncMark } from '../../kit/mark';
import { Markdown } from '../../kit/markdown';
import { Menu, MenuItem } from '../../kit/menu';
import { ago, exactTime } from '../../kit/when';
import { useAct } from '../../sync/react/act';
import { useLive, useStore } from '../../sync/react/store-context';
import { ImportedMark } from '../imported';
import { commentOptions } from '../laying';
import { taskComments } from '../queries';
import { taskShortcuts } from '../shortcuts';
import { changeComment, createComment, deleteComment } from '../write';

interface CommentRow {
  readonly id: string;
  readonly body: string;
  readonly author: string;
  readonly author_id: string | null;
  readonly created_at: string;
  readonly pending: boolean;
  /** It is not stored on this device yet. */
  readonly writing?: boolean;
}

const area =
  'block field-sizing-content w-full resize-none rounded-md bg-surface px-3 py-2 text-base ring-1 ring-line-strong ring-inset focus-visible:outline-2 focus-visible:-outline-offset-1';

function Comment({ comment }: { comment: CommentRow }) {
  const store = useStore();
  const act = useAct();
  const { memberById, memberId, readOnly } = useWorkspace();
  const [editing, setEditing] = useState<string | null>(null);
  const name = (comment.author_id && memberById.get(comment.author_id)?.name) || comment.author || 'Somebody';
  // Only an import brings comments without a member (A4): that name is what the file said, nobody's word here.
  const imported = comment.author_id === null && !comment.pending;
  const own = comment.author_id !== null && comment.author_id === memberId && readOnly === null;
  const save = async () => {
    const body = editing?.trim();
    if (
      !body ||
      body === comment.body ||
      (await act('edit of a comment', changeComment(store.db, comment.id, body)))
    ) {
      setEditing(null);
    }
  };
  return (
    <article
      aria-label={`${imported ? 'Imported comment' : 'Comment'} by ${name}`}
      className="group flex gap-3 px-5 py-3"
    >
      <Avatar name={name} size={24} />
      <div className="min-w-0 flex-1">
        <header className="flex h-6 items-center gap-2">
          <span className="truncate font-[550]">{name}</span>
          {imported ? <ImportedMark /> : null}
          <time
            dateTime={comment.created_at}
            title={exactTime(comment.created_at)}
            className="text-xs text-ink-3"
          >
            {ago(comment.created_at)}
          </time>
          <SyncMark pending={comment.pending} writing={comment.writing === true} />
          <div className="flex-1" />
          {own ? (
            <div className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-state=open]]:opacity-100">
              <Menu
                align="end"
                label="Comment actions"
                trigger={
                  <IconButton label="Comment actions">
                    <MoreHorizontal size={14} aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem icon={<Pencil size={14} />} onSelect={() => setEditing(comment.body)}>
                  Edit
                </MenuItem>
                <MenuItem
                  danger
                  icon={<Trash2 size={14} />}
                  onSelect={() =>
                    void act('deleted comment', deleteComment(store.db, comment.id), {
                      say: 'Comment deleted',
                    })
                  }
                >
                  Delete
                </MenuItem>
              </Menu>
            </div>
          ) : null}
        </header>
        {editing === null ? (
          <Markdown text={comment.body} />
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <textarea
              // biome-ignore lint/a11y/noAutofocus: it appears because the person asked to edit
              autoFocus
              aria-label="Edit comment"
              value={editing}
              onChange={(event) => setEditing(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
                if (event.key === 'Escape') {
                  event.stopPropagation();
                  setEditing(null);
                }
              }}
              className={area}
            />
            <div className="mt-2 flex gap-2">
              <Button size="sm" variant="primary" type="submit">
                Save
              </Button>
              <Button size="sm" onClick={() => setEditing(null)}>
                Cancel
              </Button>
            </div>
          </form>
        )}
      </div>
    </article>
  );
}

function Compose({ taskId }: { taskId: string }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const author = useAuthor();
  const { text: body, setText: setBody, putBack } = useDraft(`draft.${taskId}`, '\n\n');
  const input = useRef<HTMLTextAreaElement>(null);
  useShortcut(taskShortcuts.comment, workspace.readOnly ? null : () => input.current?.focus());
  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!body.trim()) return;
    setBody('');
    const statements = createComment(store.db, { workspaceId: workspace.id, taskId, body, author });
    if (!(await act('comment', statements))) putBack(body);
  };
  if (workspace.readOnly) return <p className="px-5 py-4 text-ink-3">{workspace.readOnly}</p>;
  return (
    <form onSubmit={send} className="flex gap-3 px-5 pt-2 pb-6">
      <Avatar name={author.name} size={24} />
      <div className="min-w-0 flex-1">
        <textarea
          ref={input}
          aria-label="Write a comment"
          placeholder="Write a comment…"
          rows={2}
          value={body}
          onChange={(event) => setBody(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
            if (event.key === 'Escape') {
              event.stopPropagation();
              event.currentTarget.blur();
            }
          }}
          className={area}
        />
        <div className="mt-2 flex items-center justify-end gap-3">
          <span className="text-xs text-ink-3 phone:hidden">Ctrl or ⌘ with Enter sends it</span>
          <Button size="sm" variant="primary" type="submit" disabled={!body.trim()}>
            Comment
          </Button>
        </div>
      </div>
    </form>
  );
}

export function Comments({ taskId }: { taskId: string }) {
  const comments = useLive<CommentRow>((db) => taskComments(db, taskId), [taskId], commentOptions(taskId));
  return (
    <section aria-label="Comments" className="border-t border-line">
      <h2 className="px-5 pt-4 pb-1 font-[600]">
        Comments{' '}
        {comments && comments.length > 0 ? <span className="text-ink-3">{comments.length}</span> : null}
      </h2>
      {comments?.map((comment) => (
        <Boundary key={comment.id} what="comment" of={comment} className="mx-5">
          <Comment comment={comment} />
        </Boundary>
      ))}
      <Compose key={taskId} taskId={taskId} />
    </section>
  );
}
