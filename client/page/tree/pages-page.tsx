// All pages of the workspace: the tree, what is archived, what is in the bin; import and export.
import { Link, useSearch } from '@tanstack/react-router';
import { Archive, FileText, RotateCcw, Trash2 } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useWorkspace } from '../../account';
import { Button } from '../../kit/button';
import { Empty } from '../../kit/empty';
import { Column, Page } from '../../kit/page-frame';
import { ago } from '../../kit/when';
import { PageIcon } from './page-icon';
import { type PageRow, type PageTree, titleOf } from './tree';
import { usePageActions } from './use-page-actions';
import { usePages } from './use-pages';

type Shown = 'pages' | 'archive' | 'bin';

const tabs: readonly [Shown, string][] = [
  ['pages', 'Pages'],
  ['archive', 'Archive'],
  ['bin', 'Bin'],
];

const Transfer = lazy(() =>
  import('../transfer/transfer-section').then((file) => ({ default: file.TransferSection })),
);

function rowsOf(tree: PageTree, shown: Shown): { page: PageRow; depth: number }[] {
  const all = [...tree.byId.values()];
  if (shown === 'bin') {
    return all
      .filter((page) => page.deleted_at !== null)
      .sort((a, b) => (a.deleted_at! < b.deleted_at! ? 1 : -1))
      .map((page) => ({ page, depth: 0 }));
  }
  if (shown === 'archive') {
    return all.filter((page) => page.archived && !tree.binned(page.id)).map((page) => ({ page, depth: 0 }));
  }
  const walk = (id: string | null, depth: number): { page: PageRow; depth: number }[] =>
    tree.shown(id).flatMap((page) => [{ page, depth }, ...walk(page.id, depth + 1)]);
  return walk(null, 0);
}

const empties = {
  pages: { title: 'No pages yet', text: 'Write down what the team should find again.', icon: FileText },
  archive: { title: 'Nothing is archived', text: 'Archived pages stay searchable here.', icon: Archive },
  bin: {
    title: 'The bin is empty',
    text: 'Pages that are put into the bin can be brought back.',
    icon: Trash2,
  },
} as const;

export function PagesPage() {
  const { show } = useSearch({ strict: false }) as { show?: 'archive' | 'bin' };
  const shown: Shown = show ?? 'pages';
  const workspace = useWorkspace();
  const tree = usePages();
  const actions = usePageActions(tree);
  const rows = tree ? rowsOf(tree, shown) : [];
  const empty = empties[shown];
  return (
    <Page
      title="Pages"
      icon={<FileText size={15} aria-hidden />}
      tabs={
        <nav aria-label="Which pages" className="ml-2 flex gap-px">
          {tabs.map(([id, name]) => (
            <Link
              key={id}
              to="/w/$workspaceId/pages"
              params={{ workspaceId: workspace.id }}
              search={id === 'pages' ? {} : { show: id }}
              aria-current={shown === id ? 'page' : undefined}
              activeProps={{}}
              className="flex h-7 items-center rounded-md px-2 text-xs font-[550] text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-press aria-[current=page]:text-ink"
            >
              {name}
            </Link>
          ))}
        </nav>
      }
      actions={
        <Button
          size="sm"
          variant="primary"
          reason={workspace.readOnly}
          onClick={() => void actions.create(null)}
          className="phone:hidden"
        >
          New page
        </Button>
      }
    >
      <Column wide>
        {shown === 'pages' ? (
          <div className="mb-3 hidden phone:block">
            <Button variant="primary" reason={workspace.readOnly} onClick={() => void actions.create(null)}>
              New page
            </Button>
          </div>
        ) : null}
        {tree && rows.length === 0 ? (
          <Empty icon={<empty.icon size={20} aria-hidden />} title={empty.title}>
            {empty.text}
          </Empty>
        ) : (
          <ul aria-label={tabs.find(([id]) => id === shown)?.[1]} className="mb-8 flex flex-col">
            {rows.map(({ page, depth }) => (
              <li
                key={page.id}
                className="flex min-h-9 items-center gap-2 rounded-md pr-1 hover:bg-hover"
                style={{ paddingLeft: 8 + depth * 18 }}
              >
                <PageIcon icon={page.icon} />
                <Link
                  to="/w/$workspaceId/d/$pageId"
                  params={{ workspaceId: workspace.id, pageId: page.id }}
                  activeProps={{}}
                  className="min-w-0 flex-1 truncate py-2"
                >
                  {titleOf(page)}
                </Link>
                {shown === 'bin' && page.deleted_at ? (
                  <span className="text-xs text-ink-3">{ago(page.deleted_at)}</span>
                ) : null}
                {shown === 'pages' ? null : (
                  <Button
                    size="sm"
                    variant="ghost"
                    reason={workspace.readOnly}
                    icon={<RotateCcw size={13} aria-hidden />}
                    aria-label={`Bring ${titleOf(page)} back`}
                    onClick={() => (shown === 'bin' ? actions.restore(page) : actions.archive(page))}
                  >
                    Bring back
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {shown === 'pages' ? (
          <Suspense>
            <Transfer tree={tree} />
          </Suspense>
        ) : null}
      </Column>
    </Page>
  );
}
