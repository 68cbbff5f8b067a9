// A page: its place, title and icon, its text, what is below it.

import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Editor } from '@tiptap/core';
import { ChevronRight, FileText, FileWarning, History, MoreHorizontal, Star } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useAuthor, useSession, useWorkspace } from '../account';
import { IconButton } from '../kit/button';
import { Empty } from '../kit/empty';
import { SyncMark } from '../kit/mark';
import { MenuItem } from '../kit/menu';
import { Page } from '../kit/page-frame';
import { prefixQuery } from '../kit/prefix-query';
import { ago, exactTime } from '../kit/when';
import { useAct } from '../sync/react/act';
import { useLive, useStatus, useStore } from '../sync/react/store-context';
import { FirstWordsField, useFirstWords } from './editor/first-words';
import { useMakeTask } from './editor/make-task';
import { Others } from './editor/others';
import type { PageTools } from './editor/slash-choices';
import { useDocument, useDocumentStatus } from './editor/use-document';
import { useImages } from './editor/use-images';
import { useAutomaticVersion } from './history/use-automatic-version';
import { PageIconField, PageTitle } from './page-title';
import { BinBanner } from './tree/bin-banner';
import { MoveDialog } from './tree/move-dialog';
import { PageIcon } from './tree/page-icon';
import { PageMenu } from './tree/page-menu';
import { type PageFacts, pageFacts } from './tree/queries';
import { type PageRow, type PageTree, titleOf } from './tree/tree';
import { usePageActions } from './tree/use-page-actions';
import { useFavourites, usePages } from './tree/use-pages';
import { createPage, lastPlace } from './tree/write';
import { noteWritten } from './tree/written';

const BodyEditor = lazy(() => import('./editor/editor').then((file) => ({ default: file.BodyEditor })));
const HistoryPanel = lazy(() => import('./history/history').then((file) => ({ default: file.HistoryPanel })));

const noWords: readonly string[] = [];

export function DocumentPage() {
  const { pageId } = useParams({ strict: false }) as { pageId: string };
  const tree = usePages();
  const status = useStatus();
  const page = tree?.byId.get(pageId);
  if (page && tree) return <OnePage key={pageId} page={page} tree={tree} />;
  return (
    <Page title="Page" icon={<FileText size={15} aria-hidden />}>
      {tree && !status.loading ? (
        <Empty icon={<FileText size={20} aria-hidden />} title="This page is not here">
          It does not exist, or it has not arrived on this device yet.
        </Empty>
      ) : (
        <Skeleton />
      )}
    </Page>
  );
}

function Skeleton() {
  return (
    <div aria-hidden className="mx-auto flex max-w-[720px] flex-col gap-4 px-6 pt-16">
      <span className="skeleton h-7 w-2/3" />
      <span className="skeleton h-3 w-full" />
      <span className="skeleton h-3 w-5/6" />
      <span className="skeleton h-3 w-3/4" />
    </div>
  );
}

function Breadcrumbs({ above }: { above: readonly PageRow[] }) {
  const { id: workspaceId } = useWorkspace();
  return (
    <nav
      aria-label="Breadcrumbs"
      className="mb-3 flex min-h-5 flex-wrap items-center gap-x-1 text-xs text-ink-3"
    >
      <Link
        to="/w/$workspaceId/pages"
        params={{ workspaceId }}
        activeProps={{}}
        className="rounded-sm hover:text-ink"
      >
        Pages
      </Link>
      {above.map((page) => (
        <span key={page.id} className="flex min-w-0 items-center gap-1">
          <ChevronRight size={11} aria-hidden />
          <Link
            to="/w/$workspaceId/d/$pageId"
            params={{ workspaceId, pageId: page.id }}
            activeProps={{}}
            className="max-w-48 truncate rounded-sm hover:text-ink"
          >
            {titleOf(page)}
          </Link>
        </span>
      ))}
    </nav>
  );
}

function Below({ pages }: { pages: readonly PageRow[] }) {
  const { id: workspaceId } = useWorkspace();
  if (pages.length === 0) return null;
  return (
    <section aria-label="Pages below this one" className="mb-16 border-t border-line pt-4">
      <h2 className="mb-1 text-xs font-[550] text-ink-3">Pages below this one</h2>
      <ul>
        {pages.map((page) => (
          <li key={page.id}>
            <Link
              to="/w/$workspaceId/d/$pageId"
              params={{ workspaceId, pageId: page.id }}
              activeProps={{}}
              className="-mx-2 flex min-h-8 items-center gap-2 rounded-md px-2 hover:bg-hover"
            >
              <PageIcon icon={page.icon} />
              <span className="truncate">{titleOf(page)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OnePage({ page, tree }: { page: PageRow; tree: PageTree }) {
  const workspace = useWorkspace();
  const session = useSession();
  const store = useStore();
  const act = useAct();
  const navigate = useNavigate();
  const author = useAuthor();
  const actions = usePageActions(tree);
  const stars = useFavourites();
  const facts = useLive<PageFacts>((db) => pageFacts(db, page.id), [page.id], { of: 'page' })?.[0];
  const handle = useDocument(workspace.id, page.id);
  const body = useDocumentStatus(handle);
  const makeTask = useMakeTask();
  const { find: asked } = useSearch({ strict: false }) as { find?: string };
  const find = useMemo(
    () =>
      asked
        ? (prefixQuery(asked)
            ?.split(' & ')
            .map((word) => word.slice(0, -2)) ?? noWords)
        : noWords,
    [asked],
  );
  const [editor, setEditor] = useState<Editor | null>(null);
  const { field, begin, handOver } = useFirstWords();
  const onEditor = useCallback(
    (made: Editor | null) => {
      if (made) handOver(made);
      setEditor(made);
    },
    [handOver],
  );
  const [historyShown, setHistoryShown] = useState(false);
  const [moving, setMoving] = useState(false);
  const wrote = useWrote(handle?.doc ?? null, workspace.id, page.id);
  const isNew = useRef(page.title === '' && facts === undefined);
  useAutomaticVersion(handle, wrote);

  const above = tree.above(page.id);
  const binned = tree.binned(page.id);
  const archived = tree.archived(page.id);
  const starred = stars.some((star) => star.page_id === page.id);
  const pending = body.unsent > 0 || body.writing || (facts?.pending ?? false);
  const readOnly = workspace.readOnly;

  const newPage = useCallback(
    (at: Editor) => {
      const { id, statements } = createPage(store.db, {
        workspaceId: workspace.id,
        parentId: page.id,
        position: lastPlace(tree, page.id),
        authorId: author.id,
      });
      void act('new page', statements).then((written) => {
        if (!written) return;
        if (!at.isDestroyed) {
          at.chain()
            .focus()
            .insertContent({ type: 'mention', attrs: { kind: 'page', id, label: 'Untitled' } })
            .run();
        }
        actions.open(id);
      });
    },
    [store, workspace.id, page.id, tree, author.id, act, actions],
  );
  const { insert: insertFiles, ask: askImage } = useImages(workspace.id);
  const tools = useMemo<PageTools>(() => ({ newPage, image: askImage }), [newPage, askImage]);
  const followLink = (href: string) => {
    const [path = '', anchor] = href.split('#');
    if (path) void navigate({ to: path });
    else if (anchor) scrollToHeading(editor, anchor);
  };
  return (
    <Page
      title={titleOf(page)}
      icon={<PageIcon icon={page.icon} />}
      actions={
        <>
          {handle ? <Others handle={handle} /> : null}
          {body.problem ? (
            <span role="alert" className="max-w-72 truncate text-xs text-danger" title={body.problem}>
              Not stored: {body.problem}
            </span>
          ) : (
            <SyncMark pending={pending} writing={body.writing} />
          )}
          <IconButton
            label={starred ? 'Remove from favourites' : 'Add to favourites'}
            aria-pressed={starred}
            reason={readOnly}
            onClick={() => actions.star(page, stars)}
          >
            <Star size={15} aria-hidden fill={starred ? 'currentColor' : 'none'} />
          </IconButton>
          <IconButton
            label="History"
            aria-pressed={historyShown}
            onClick={() => setHistoryShown(!historyShown)}
          >
            <History size={15} aria-hidden />
          </IconButton>
          <PageMenu
            page={page}
            actions={actions}
            stars={stars}
            align="end"
            onMove={() => setMoving(true)}
            trigger={
              <IconButton label="Page actions">
                <MoreHorizontal size={15} aria-hidden />
              </IconButton>
            }
          >
            <MenuItem onSelect={() => void exportOne(page.id)}>Export as Markdown</MenuItem>
          </PageMenu>
        </>
      }
    >
      <div className="flex h-full">
        <div className="flex min-w-0 flex-1 flex-col">
          {binned ? (
            <BinBanner page={page} binned={binned} wrote={wrote.after(binned.deleted_at)} actions={actions} />
          ) : archived ? (
            <p className="border-b border-line bg-sunken px-4 py-2 text-ink-2">
              {archived.id === page.id
                ? 'This page is archived.'
                : `This page is archived with “${titleOf(archived)}”.`}
            </p>
          ) : null}
          <div className="min-h-0 flex-1 overflow-y-auto" data-page-scroll>
            <article
              aria-label={titleOf(page)}
              className="mx-auto flex min-h-full max-w-[768px] flex-col px-6 pt-6 phone:px-4"
            >
              <Breadcrumbs above={above} />
              <div className="mb-4 flex items-start gap-2">
                <PageIconField
                  icon={page.icon}
                  readOnly={readOnly}
                  onChange={(icon) => actions.change(page, 'icon', { icon })}
                />
                <div className="min-w-0 flex-1">
                  <PageTitle
                    title={page.title}
                    readOnly={readOnly}
                    autoFocus={isNew.current}
                    onSave={(title) => actions.change(page, `title “${title}”`, { title })}
                    onLeave={() => begin(editor)}
                  />
                  {facts ? (
                    <p className="mt-0.5 text-xs text-ink-3">
                      Made{' '}
                      {facts.author_id && workspace.memberById.get(facts.author_id)
                        ? `by ${workspace.memberById.get(facts.author_id)?.name} `
                        : ''}
                      <time dateTime={facts.created_at} title={exactTime(facts.created_at)}>
                        {ago(facts.created_at)}
                      </time>
                    </p>
                  ) : null}
                </div>
              </div>
              {editor || readOnly !== null || body.unreadable ? null : <FirstWordsField field={field} />}
              {handle && body.loaded ? (
                <Suspense fallback={<span className="skeleton h-3 w-3/4" aria-hidden />}>
                  <BodyEditor
                    key={handle.documentId}
                    handle={handle}
                    readOnly={readOnly !== null}
                    person={author.name || session?.user.name || 'Somebody'}
                    tree={tree}
                    tools={tools}
                    find={find}
                    onInternalLink={followLink}
                    onMakeTask={makeTask}
                    onFiles={insertFiles}
                    onEditor={onEditor}
                  />
                </Suspense>
              ) : body.unreadable ? (
                <Empty icon={<FileWarning size={20} aria-hidden />} title="This page cannot be opened here">
                  {body.unreadable}
                </Empty>
              ) : (
                <span className="skeleton h-3 w-3/4" aria-hidden />
              )}
              <Below pages={tree.shown(page.id)} />
            </article>
          </div>
        </div>
        {historyShown && handle ? (
          <Suspense>
            <HistoryPanel handle={handle} editor={editor} onClose={() => setHistoryShown(false)} />
          </Suspense>
        ) : null}
      </div>
      {moving ? (
        <MoveDialog page={page} tree={tree} actions={actions} onClose={() => setMoving(false)} />
      ) : null}
    </Page>
  );

  async function exportOne(id: string): Promise<void> {
    const [{ exportPage }, { sayMissing }] = await Promise.all([
      import('./transfer/transfer-actions'),
      import('./transfer/transfer-section'),
    ]);
    sayMissing(await exportPage(store, workspace.id, tree, id));
  }
}

/** Scrolls to the heading whose words make this anchor. */
function scrollToHeading(editor: Editor | null, anchor: string): void {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '');
  const headings = editor?.view.dom.querySelectorAll('h1, h2, h3, h4') ?? [];
  [...headings].find((heading) => plain(heading.textContent ?? '') === plain(anchor))?.scrollIntoView();
}

export interface Wrote {
  /** Something of one's own was typed since the page was opened. */
  readonly current: boolean;
  /** @param at ISO 8601 */
  readonly after: (at: string | null) => boolean;
}

/** Whether this person has typed here, since when. */
function useWrote(
  doc: { on(name: 'update', f: Listener): void; off(name: 'update', f: Listener): void } | null,
  workspaceId: string,
  pageId: string,
): Wrote {
  const [since, setSince] = useState<{ first: number; last: number } | null>(null);
  useEffect(() => {
    if (!doc) return;
    let noted = 0;
    const typed: Listener = (_, origin) => {
      if (origin === 'store' || origin === 'live' || origin === 'carried') return;
      const now = Date.now();
      if (now - noted < 1_000) return;
      noted = now;
      noteWritten(workspaceId, pageId);
      setSince((old) => ({ first: old?.first ?? now, last: now }));
    };
    doc.on('update', typed);
    return () => doc.off('update', typed);
  }, [doc, workspaceId, pageId]);
  return useMemo(
    () => ({
      current: since !== null,
      after: (at) => since !== null && at !== null && since.last >= Date.parse(at) - 60_000,
    }),
    [since],
  );
}

type Listener = (update: Uint8Array, origin: unknown) => void;
