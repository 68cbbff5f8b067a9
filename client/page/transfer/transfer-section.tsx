// Import and export on the page of pages: choose a folder or a zip, watch it go in, read what was not kept.
import { Download, FolderUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { useWorkspace } from '../../account';
import { Button } from '../../kit/button';
import { Section } from '../../kit/page-frame';
import { keyBetween } from '../../kit/position';
import { useStore } from '../../sync/react/store-context';
import { StoreError } from '../../sync/store';
import { useGoToPage } from '../links';
import { pages } from '../tree/queries';
import type { PageTree } from '../tree/tree';
import { ArchiveFault } from './archive';
import { type ImportPlan, planImport } from './import-plan';
import { writePlan } from './import-write';
import { chosenFiles } from './source-files';
import { exportEverything, exportPages } from './transfer-actions';

type State =
  | { kind: 'idle' }
  | { kind: 'running'; done: number; total: number | null }
  | { kind: 'done'; plan: ImportPlan }
  | { kind: 'failed'; sentence: string };

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** @returns null for an error that is not for people to read (W5) */
const sentenceOf = (error: unknown): string | null =>
  error instanceof StoreError || error instanceof ArchiveFault ? error.message : null;

/** What came with the pages, as the rest of a sentence: `, with 2 links between pages, 1 image (0 with a file)`. */
function parts({
  pageLinks,
  outsideLinks,
  images,
  imagesKept,
  checklistItems,
}: ImportPlan['report']): string {
  const said = [
    pageLinks > 0 ? `${count(pageLinks, 'link', 'links')} between pages` : null,
    outsideLinks > 0 ? `${count(outsideLinks, 'link', 'links')} to elsewhere` : null,
    images > 0
      ? `${count(images, 'image', 'images')} (${imagesKept.toLocaleString('en')} with a file)`
      : null,
    checklistItems > 0 ? count(checklistItems, 'checklist item', 'checklist items') : null,
  ].filter((part) => part !== null);
  return said.length === 0 ? '' : `, with ${said.join(', ')}`;
}

function Report({ plan }: { plan: ImportPlan }) {
  const goToPage = useGoToPage();
  const { report } = plan;
  const top = plan.pages[0];
  return (
    <div role="status" className="mt-3 rounded-md bg-ok-soft px-3 py-2">
      <p className="font-[550] text-ok">
        Imported {count(report.pages, 'page', 'pages')}
        {parts(report)}.
      </p>
      {report.notes.length > 0 ? (
        <details className="mt-1 text-ink-2">
          <summary>What was not kept as it was ({report.notes.length})</summary>
          <ul aria-label="Not kept" className="mt-1 max-h-56 overflow-y-auto text-xs">
            {report.notes.map((note) => (
              <li key={note.what}>
                {note.count.toLocaleString('en')} × {note.what}{' '}
                <span className="text-ink-3">
                  ({note.where.join(', ')}
                  {note.where.length < note.count ? ', …' : ''})
                </span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {top ? (
        <Button size="sm" className="mt-2" onClick={() => goToPage(top.id)}>
          Open {top.title}
        </Button>
      ) : null}
    </div>
  );
}

/** Says which images an export could not get. */
export function sayMissing(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const [first] = missing;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  toast.warning(`${first}${more} could not be exported: not on this device, and there is no network.`, {
    duration: 15_000,
  });
}

export function TransferSection({ tree }: { tree: PageTree | undefined }) {
  const store = useStore();
  const workspace = useWorkspace();
  const folder = useRef<HTMLInputElement>(null);
  const archive = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<State>({ kind: 'idle' });
  const [exporting, setExporting] = useState(false);

  const run = async (list: FileList | null) => {
    if (!list || list.length === 0) return;
    const files = [...list];
    setState({ kind: 'running', done: 0, total: null });
    try {
      const sources = await chosenFiles(files);
      const name = files.length === 1 ? (files[0]?.name.replace(/\.\w+$/, '') ?? '') : 'Imported pages';
      const plan = planImport(sources, { workspaceId: workspace.id, name });
      if (plan.report.pages === 0) {
        const refused = sources.find((source) => source.refused)?.refused;
        return setState({ kind: 'failed', sentence: refused ?? 'There are no Markdown files in it.' });
      }
      const tops = await store.read(pages(store.db, workspace.id).where('parent_id', 'is', null));
      const into = {
        workspaceId: workspace.id,
        position: keyBetween(tops.at(-1)?.position ?? null, null),
        authorId: workspace.memberId,
      };
      const total = plan.pages.length;
      await writePlan(store, plan, into, (done) => setState({ kind: 'running', done, total }));
      setState({ kind: 'done', plan });
    } catch (error) {
      setState({ kind: 'failed', sentence: sentenceOf(error) ?? 'These files could not be read.' });
    }
  };
  const save = async (make: () => Promise<readonly string[]>) => {
    setExporting(true);
    try {
      sayMissing(await make());
    } catch (error) {
      toast.error(sentenceOf(error) ?? 'The export did not succeed.');
    } finally {
      setExporting(false);
    }
  };
  const busy = state.kind === 'running';
  return (
    <Section
      title="In and out"
      note="Markdown files become pages, and pages become Markdown files. It works offline, too."
    >
      <div className="bg-surface px-4 py-3">
        <input
          ref={folder}
          type="file"
          aria-label="Folder of Markdown files"
          className="sr-only"
          tabIndex={-1}
          multiple
          {...{ webkitdirectory: '' }}
          onChange={(event) => void run(event.target.files)}
        />
        <input
          ref={archive}
          type="file"
          aria-label="Zip or Markdown files"
          className="sr-only"
          tabIndex={-1}
          multiple
          accept=".zip,.md,.markdown"
          onChange={(event) => void run(event.target.files)}
        />
        <div className="flex flex-wrap gap-2">
          <Button
            reason={workspace.readOnly}
            disabled={busy}
            icon={<FolderUp size={14} aria-hidden />}
            onClick={() => folder.current?.click()}
          >
            Import a folder…
          </Button>
          <Button reason={workspace.readOnly} disabled={busy} onClick={() => archive.current?.click()}>
            Import a zip or files…
          </Button>
          <Button
            disabled={!tree || exporting}
            icon={<Download size={14} aria-hidden />}
            onClick={() => tree && void save(() => exportPages(store, workspace.id, tree))}
          >
            Export all pages
          </Button>
          <Button
            disabled={!tree || exporting}
            onClick={() => tree && void save(() => exportEverything(store, tree, workspace))}
          >
            Export everything
          </Button>
        </div>
        {state.kind === 'running' ? (
          <p role="status" className="mt-3 text-xs text-ink-3 tabular-nums">
            {state.total === null ? 'Reading the files…' : `${state.done} of ${state.total} pages`}
          </p>
        ) : null}
        {state.kind === 'failed' ? (
          <p role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger">
            {state.sentence}
          </p>
        ) : null}
        {state.kind === 'done' ? <Report plan={state.plan} /> : null}
      </div>
    </Section>
  );
}
