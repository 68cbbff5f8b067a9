// Said on a page that is in the bin: also to the person who was writing in it when another put it there.
import { Trash2 } from 'lucide-react';
import { useWorkspace, type WorkspaceData } from '../../account';
import { Button } from '../../kit/button';
import { ago } from '../../kit/when';
import { type PageRow, titleOf } from './tree';
import type { PageActions } from './use-page-actions';

/** @returns the name of who put a page into the bin; null when it is not known */
export function whoBinned(
  binned: PageRow,
  people: Pick<WorkspaceData, 'memberId' | 'memberById'>,
): string | null {
  if (binned.deleted_by === null) return null;
  if (binned.deleted_by === people.memberId) return 'You';
  return people.memberById.get(binned.deleted_by)?.name || null;
}

/** @param props.binned the page in the bin: the open one, or one above it */
export function BinBanner(props: { page: PageRow; binned: PageRow; wrote: boolean; actions: PageActions }) {
  const { page, binned, actions } = props;
  const { readOnly, memberId, memberById } = useWorkspace();
  const who = whoBinned(binned, { memberId, memberById });
  const itself = binned.id === page.id;
  const when = binned.deleted_at ? ago(binned.deleted_at) : '';
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-warn-soft px-4 py-2 text-ink"
    >
      <Trash2 size={15} className="text-warn" aria-hidden />
      <p className="min-w-0 flex-1">
        <strong className="font-[600]">
          {props.wrote
            ? `${who ?? 'Somebody'} moved ${itself ? 'this page' : `“${titleOf(binned)}” and this page`} to the bin while you were writing.`
            : itself
              ? `${who ? `${who} moved this page to the bin` : 'This page is in the bin'}, ${when}.`
              : `This page is in the bin with “${titleOf(binned)}”${who ? `: ${who} moved it there` : ''}.`}
        </strong>{' '}
        {props.wrote ? 'What you wrote is kept.' : 'Its text is kept.'}
      </p>
      <Button size="sm" variant="primary" reason={readOnly} onClick={() => actions.restore(binned)}>
        Bring it back
      </Button>
    </div>
  );
}
