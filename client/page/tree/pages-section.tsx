// Pages in the sidebar: the starred ones, and the tree; pages are dragged to move and nest them.
import {
  DndContext,
  type DragMoveEvent,
  PointerSensor,
  pointerWithin,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { Link, useParams } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useWorkspace } from '../../account';
import { Boundary } from '../../kit/boundary';
import { IconButton } from '../../kit/button';
import { recall, remember } from '../../kit/remember';
import { PageEntry, type TreeState } from './page-entry';
import { PageIcon } from './page-icon';
import { isWithin, titleOf } from './tree';
import { useLostPages } from './use-lost-pages';
import { usePageActions } from './use-page-actions';
import { useFavourites, usePages } from './use-pages';
import { lastPlace, placeBeside } from './write';

/** Where in a row the pointer is decides: its upper and lower quarter stand for between the rows. */
function placeOf(event: DragMoveEvent): TreeState['drop'] {
  const { over, activatorEvent, delta } = event;
  if (!over || over.id === event.active.id || !(activatorEvent instanceof MouseEvent)) return null;
  const part = (activatorEvent.clientY + delta.y - over.rect.top) / over.rect.height;
  return { id: String(over.id), place: part < 0.28 ? 'before' : part > 0.72 ? 'after' : 'inside' };
}

export function PagesSection() {
  const workspace = useWorkspace();
  const tree = usePages();
  const stars = useFavourites();
  const actions = usePageActions(tree);
  const key = `pages.open.${workspace.id}`;
  const [opened, setAllOpened] = useState<ReadonlySet<string>>(() => new Set(recall<string[]>(key) ?? []));
  const [drop, setDrop] = useState<TreeState['drop']>(null);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  const { pageId } = useParams({ strict: false }) as { pageId?: string };

  useLostPages(tree, actions, pageId);
  // The editor is at hand when a page is opened.
  useEffect(() => {
    const ahead = () => void Promise.all([import('../page'), import('../editor/editor')]).catch(() => {});
    if (!('requestIdleCallback' in window)) return void setTimeout(ahead, 2_000);
    const asked = requestIdleCallback(ahead, { timeout: 10_000 });
    return () => cancelIdleCallback(asked);
  }, []);
  // The open page can be seen in the tree.
  useEffect(() => {
    if (!tree || !pageId) return;
    const above = tree.above(pageId).map((page) => page.id);
    setAllOpened((old) => (above.every((id) => old.has(id)) ? old : new Set([...old, ...above])));
  }, [tree, pageId]);
  useEffect(() => remember(key, [...opened]), [key, opened]);

  const state = useMemo<TreeState | null>(
    () =>
      tree
        ? {
            tree,
            actions,
            stars,
            opened,
            drop,
            setOpened: (id, open) =>
              setAllOpened((old) => {
                const next = new Set(old);
                if (open) next.add(id);
                else next.delete(id);
                return next;
              }),
          }
        : null,
    [tree, actions, stars, opened, drop],
  );
  if (!tree || !state) return null;
  const starred = stars.flatMap((star) => {
    const page = tree.byId.get(star.page_id);
    return page && !tree.binned(page.id) ? [page] : [];
  });

  /** The click that ends a drag is not one on a link. */
  const onDragStart = () => {
    const still = (event: MouseEvent) => event.preventDefault();
    const released = () => setTimeout(() => window.removeEventListener('click', still, true), 50);
    window.addEventListener('click', still, true);
    window.addEventListener('pointerup', released, { once: true, capture: true });
  };
  const onDragMove = (event: DragMoveEvent) => {
    const next = placeOf(event);
    const allowed = next && !isWithin(tree, next.id, String(event.active.id));
    setDrop((old) => (!allowed ? null : old?.id === next.id && old.place === next.place ? old : next));
  };
  const onDragEnd = (id: string) => {
    const page = tree.byId.get(id);
    const target = drop && tree.byId.get(drop.id);
    setDrop(null);
    if (!page || !target || !drop) return;
    if (drop.place === 'inside') state.setOpened(target.id, true);
    actions.change(
      page,
      `move of ${titleOf(page)}`,
      drop.place === 'inside'
        ? { parent_id: target.id, position: lastPlace(tree, target.id) }
        : placeBeside(tree, target, drop.place, id),
    );
  };
  const tops = tree.shown(null);
  return (
    <div className="flex flex-col gap-3">
      {starred.length > 0 ? (
        <div>
          <h2 className="flex h-7 items-center px-2 text-xs font-[550] text-ink-3">Favourites</h2>
          <ul aria-label="Favourites" className="flex flex-col gap-px">
            {starred.map((page) => (
              <li key={page.id}>
                <Link
                  to="/w/$workspaceId/d/$pageId"
                  params={{ workspaceId: workspace.id, pageId: page.id }}
                  activeProps={{}}
                  className="flex h-7 items-center gap-1.5 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink"
                >
                  <PageIcon icon={page.icon} />
                  <span className="truncate">{titleOf(page)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <div>
        <div className="flex items-center justify-between pl-2">
          <h2 className="text-xs font-[550] text-ink-3">
            <Link
              to="/w/$workspaceId/pages"
              params={{ workspaceId: workspace.id }}
              className="rounded-sm hover:text-ink"
            >
              Pages
            </Link>
          </h2>
          <IconButton label="New page" reason={workspace.readOnly} onClick={() => void actions.create(null)}>
            <Plus size={14} aria-hidden />
          </IconButton>
        </div>
        <DndContext
          sensors={sensors}
          collisionDetection={pointerWithin}
          onDragStart={onDragStart}
          onDragMove={onDragMove}
          onDragEnd={({ active }) => onDragEnd(String(active.id))}
          onDragCancel={() => setDrop(null)}
        >
          <ul aria-label="Pages" data-page-tree className="flex flex-col gap-px">
            {tops.map((page) => (
              <Boundary key={page.id} as="li" what="page" of={page}>
                <PageEntry page={page} depth={0} state={state} />
              </Boundary>
            ))}
          </ul>
        </DndContext>
        {tops.length === 0 ? <p className="px-2 py-1 text-ink-3">No pages yet</p> : null}
      </div>
    </div>
  );
}
