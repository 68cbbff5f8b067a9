// One page in the sidebar's tree, with what is below it. A row is a link; beside it what opens it and its menu.
import { useDraggable, useDroppable } from '@dnd-kit/core';
import { Link, useParams } from '@tanstack/react-router';
import clsx from 'clsx';
import { ChevronRight, MoreHorizontal, Plus } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useWorkspace } from '../../account';
import { Boundary } from '../../kit/boundary';
import { IconButton } from '../../kit/button';
import { MoveDialog } from './move-dialog';
import { PageIcon } from './page-icon';
import { PageMenu } from './page-menu';
import { type PageRow, type PageTree, titleOf } from './tree';
import type { PageActions } from './use-page-actions';
import type { Favourite } from './use-pages';
import { lastPlace, placeBeside } from './write';

export interface TreeState {
  readonly tree: PageTree;
  readonly actions: PageActions;
  readonly stars: readonly Favourite[];
  readonly opened: ReadonlySet<string>;
  readonly setOpened: (id: string, open: boolean) => void;
  /** Where a dragged page would go. */
  readonly drop: { readonly id: string; readonly place: 'before' | 'inside' | 'after' } | null;
}

/** The rows of the tree on the screen from top to bottom. */
const rows = (from: Element) => [
  ...(from.closest('[data-page-tree]')?.querySelectorAll<HTMLElement>('[data-page-link]') ?? []),
];

export function PageEntry({ page, depth, state }: { page: PageRow; depth: number; state: TreeState }) {
  const { tree, actions, drop } = state;
  const workspace = useWorkspace();
  const { pageId: openPage } = useParams({ strict: false }) as { pageId?: string };
  const [renaming, setRenaming] = useState(false);
  const [moving, setMoving] = useState(false);
  const below = tree.shown(page.id);
  const isOpen = state.opened.has(page.id) && below.length > 0;
  const title = titleOf(page);
  const readOnly = workspace.readOnly !== null;
  const drag = useDraggable({ id: page.id, disabled: readOnly || renaming });
  const over = useDroppable({ id: page.id });
  const target = drop?.id === page.id ? drop.place : null;

  const shift = (key: string) => {
    const parent = tree.above(page.id).at(-1);
    const among = tree.shown(parent?.id ?? null);
    const at = among.findIndex((other) => other.id === page.id);
    const beside = key === 'ArrowUp' ? among[at - 1] : among[at + 1];
    const label = `move of ${title}`;
    if (key === 'ArrowLeft' && parent)
      return actions.change(page, label, placeBeside(tree, parent, 'after', page.id));
    if (key === 'ArrowRight' && among[at - 1]) {
      const into = among[at - 1]!;
      state.setOpened(into.id, true);
      return actions.change(page, label, { parent_id: into.id, position: lastPlace(tree, into.id) });
    }
    if ((key === 'ArrowUp' || key === 'ArrowDown') && beside) {
      const side = key === 'ArrowUp' ? 'before' : 'after';
      actions.change(page, label, placeBeside(tree, beside, side, page.id));
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!event.key.startsWith('Arrow') && event.key !== 'F2') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'F2') return void (readOnly || setRenaming(true));
    if (event.altKey) return void (readOnly || shift(event.key));
    const all = rows(event.currentTarget);
    const at = all.indexOf(event.currentTarget);
    if (event.key === 'ArrowDown') all[at + 1]?.focus();
    if (event.key === 'ArrowUp') all[at - 1]?.focus();
    if (event.key === 'ArrowRight') {
      if (below.length > 0 && !isOpen) state.setOpened(page.id, true);
      else if (isOpen) all[at + 1]?.focus();
    }
    if (event.key === 'ArrowLeft') {
      if (isOpen) state.setOpened(page.id, false);
      else all.find((row) => row.dataset.pageLink === tree.above(page.id).at(-1)?.id)?.focus();
    }
  };
  const rename = (text: string | null) => {
    setRenaming(false);
    if (text !== null && text.trim() !== page.title) {
      actions.change(page, `title “${text.trim()}”`, { title: text.trim() });
    }
  };

  return (
    <li>
      <div
        ref={(node) => {
          drag.setNodeRef(node);
          over.setNodeRef(node);
        }}
        className={clsx(
          'group/page relative rounded-md',
          target === 'inside' && 'bg-accent-soft',
          target === 'before' && 'shadow-[0_-2px_0_var(--accent)]',
          target === 'after' && 'shadow-[0_2px_0_var(--accent)]',
          drag.isDragging && 'opacity-40',
        )}
        onPointerDown={drag.listeners?.onPointerDown as never}
      >
        {renaming ? (
          <input
            // biome-ignore lint/a11y/noAutofocus: it appears because the person asked to rename
            autoFocus
            aria-label={`New title of ${title}`}
            defaultValue={page.title}
            maxLength={500}
            onFocus={(event) => event.currentTarget.select()}
            onBlur={(event) => rename(event.currentTarget.value)}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Enter') rename(event.currentTarget.value);
              if (event.key === 'Escape') rename(null);
            }}
            className="h-7 w-full rounded-md bg-surface px-2 text-sm ring-1 ring-accent ring-inset focus-visible:outline-none"
            style={{ paddingLeft: 26 + depth * 14 }}
          />
        ) : (
          <Link
            to="/w/$workspaceId/d/$pageId"
            params={{ workspaceId: workspace.id, pageId: page.id }}
            data-page-link={page.id}
            draggable={false}
            activeProps={{}}
            aria-current={openPage === page.id ? 'page' : undefined}
            onKeyDown={onKeyDown}
            className="flex h-7 items-center gap-1.5 rounded-md pr-2 text-sm text-ink-2 group-focus-within/page:pr-14 group-hover/page:pr-14 hover:bg-hover hover:text-ink aria-[current=page]:bg-press aria-[current=page]:font-[550] aria-[current=page]:text-ink"
            style={{ paddingLeft: 22 + depth * 14 }}
          >
            <PageIcon icon={page.icon} />
            <span className="min-w-0 flex-1 truncate">{title}</span>
          </Link>
        )}
        {below.length > 0 ? (
          <button
            type="button"
            aria-label={isOpen ? `Hide pages below ${title}` : `Show pages below ${title}`}
            aria-expanded={isOpen}
            onClick={() => state.setOpened(page.id, !isOpen)}
            className="absolute top-1 flex size-5 items-center justify-center rounded text-ink-3 hover:bg-press hover:text-ink"
            style={{ left: 2 + depth * 14 }}
          >
            <ChevronRight
              size={13}
              aria-hidden
              className={clsx('transition-transform duration-75', isOpen && 'rotate-90')}
            />
          </button>
        ) : null}
        {renaming ? null : (
          <div className="absolute top-0 right-0 flex opacity-0 group-focus-within/page:opacity-100 group-hover/page:opacity-100 has-[[data-state=open]]:opacity-100">
            <PageMenu
              page={page}
              actions={actions}
              stars={state.stars}
              onRename={() => setTimeout(() => setRenaming(true))}
              onMove={() => setMoving(true)}
              trigger={
                <IconButton label={`Actions for ${title}`}>
                  <MoreHorizontal size={14} aria-hidden />
                </IconButton>
              }
            />
            <IconButton
              label={`Add a page below ${title}`}
              reason={workspace.readOnly}
              onClick={() => {
                state.setOpened(page.id, true);
                void actions.create(page.id);
              }}
            >
              <Plus size={14} aria-hidden />
            </IconButton>
          </div>
        )}
      </div>
      {isOpen ? (
        <ul className="flex flex-col gap-px">
          {below.map((child) => (
            <Boundary key={child.id} as="li" what="page" of={child}>
              <PageEntry page={child} depth={depth + 1} state={state} />
            </Boundary>
          ))}
        </ul>
      ) : null}
      {moving ? (
        <MoveDialog page={page} tree={tree} actions={actions} onClose={() => setMoving(false)} />
      ) : null}
    </li>
  );
}
