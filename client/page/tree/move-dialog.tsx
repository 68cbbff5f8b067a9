// Moving a page below another one by name: what dragging does, for the keyboard and for phones.
import { Command } from 'cmdk';
import { CornerUpLeft } from 'lucide-react';
import { Dialog } from '../../kit/dialog';
import { itemStyle } from '../../kit/picker';
import { PageIcon } from './page-icon';
import { isWithin, type PageRow, type PageTree, titleOf } from './tree';
import type { PageActions } from './use-page-actions';
import { lastPlace } from './write';

export function MoveDialog(props: {
  page: PageRow;
  tree: PageTree;
  actions: PageActions;
  onClose: () => void;
}) {
  const { page, tree, actions, onClose } = props;
  const move = (parentId: string | null) => {
    onClose();
    actions.change(page, `move of ${titleOf(page)}`, {
      parent_id: parentId,
      position: lastPlace(tree, parentId),
    });
  };
  const places = [...tree.byId.values()].filter(
    (other) => !isWithin(tree, other.id, page.id) && !tree.binned(other.id) && !tree.archived(other.id),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Move ${titleOf(page)}`}
      width="max-w-[480px]"
    >
      <Command label="Where to" loop className="-mx-5 -my-4 flex flex-col">
        <Command.Input
          autoFocus
          placeholder="Below which page?"
          className="h-10 border-b border-line bg-transparent px-5 text-sm focus-visible:outline-none"
        />
        <Command.List className="max-h-72 scroll-py-1 overflow-y-auto p-2">
          <Command.Empty className="px-2 py-3 text-ink-3">No page has that name.</Command.Empty>
          <Command.Item value="top of the workspace" onSelect={() => move(null)} className={itemStyle}>
            <CornerUpLeft size={14} className="text-ink-3" aria-hidden />
            Top of the workspace
          </Command.Item>
          {places.map((place) => (
            <Command.Item
              key={place.id}
              value={`${titleOf(place)} ${place.id}`}
              onSelect={() => move(place.id)}
              className={itemStyle}
            >
              <PageIcon icon={place.icon} />
              <span className="min-w-0 flex-1 truncate">{titleOf(place)}</span>
              <span className="max-w-40 truncate text-xs text-ink-3">
                {tree.above(place.id).map(titleOf).join(' / ')}
              </span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
