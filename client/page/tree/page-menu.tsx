// The menu of a page: the same in the sidebar and on the page itself.
import { Archive, FolderInput, Pencil, Plus, Star, StarOff, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWorkspace } from '../../account';
import { Menu, MenuItem, MenuLine } from '../../kit/menu';
import { type PageRow, titleOf } from './tree';
import type { PageActions } from './use-page-actions';
import type { Favourite } from './use-pages';

export function PageMenu(props: {
  page: PageRow;
  actions: PageActions;
  stars: readonly Favourite[];
  trigger: ReactNode;
  align?: 'start' | 'end';
  onRename?: () => void;
  onMove: () => void;
  /** More items, above those that take the page away. */
  children?: ReactNode;
}) {
  const { page, actions } = props;
  const { readOnly } = useWorkspace();
  const off = { disabled: readOnly !== null, note: readOnly };
  const starred = props.stars.some((star) => star.page_id === page.id);
  return (
    <Menu
      label={`Actions for ${titleOf(page)}`}
      trigger={props.trigger}
      {...(props.align ? { align: props.align } : {})}
    >
      <MenuItem icon={<Plus size={14} />} {...off} onSelect={() => void actions.create(page.id)}>
        Add a page below
      </MenuItem>
      {props.onRename ? (
        <MenuItem icon={<Pencil size={14} />} {...off} onSelect={props.onRename}>
          Rename
        </MenuItem>
      ) : null}
      <MenuItem
        icon={starred ? <StarOff size={14} /> : <Star size={14} />}
        {...off}
        onSelect={() => actions.star(page, props.stars)}
      >
        {starred ? 'Remove from favourites' : 'Add to favourites'}
      </MenuItem>
      <MenuItem icon={<FolderInput size={14} />} {...off} onSelect={props.onMove}>
        Move to…
      </MenuItem>
      {props.children}
      <MenuLine />
      <MenuItem icon={<Archive size={14} />} {...off} onSelect={() => actions.archive(page)}>
        {page.archived ? 'Bring back from the archive' : 'Archive'}
      </MenuItem>
      <MenuItem danger icon={<Trash2 size={14} />} {...off} onSelect={() => actions.bin(page)}>
        Move to the bin
      </MenuItem>
    </Menu>
  );
}
