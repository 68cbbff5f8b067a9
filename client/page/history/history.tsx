// The history of a page: its versions, what differs in them, and bringing one back as a new edit.
import type { Editor } from '@tiptap/core';
import clsx from 'clsx';
import { History as HistoryIcon, RotateCcw, X } from 'lucide-react';
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import { toast } from 'sonner';
import { useAuthor, useWorkspace } from '../../account';
import { Boundary } from '../../kit/boundary';
import { Button, IconButton } from '../../kit/button';
import { Empty } from '../../kit/empty';
import { inputStyle } from '../../kit/field';
import { visible } from '../../kit/visible';
import { ago, exactTime } from '../../kit/when';
import { useAct } from '../../sync/react/act';
import { useLive, useStore } from '../../sync/react/store-context';
import { stopCapturing } from '../body/body-collaboration';
import { bodyOf, bodyOfState, type TextBlock, textBlocks } from '../body/body-text';
import type { DocumentHandle } from '../store/document';
import { diffLists, diffWords } from './diff';
import { keepVersion, type VersionRow, versionState, versions } from './versions';

const blockStyles: Record<string, string> = {
  heading1: 'text-lg font-[640]',
  heading2: 'text-base font-[640]',
  heading3: 'font-[620]',
  heading4: 'font-[600]',
  codeBlock: 'font-mono text-xs whitespace-pre-wrap',
  listItem: 'pl-4',
  checked: 'pl-4',
  unchecked: 'pl-4',
};
const leads: Record<string, string> = { listItem: '• ', checked: '☑ ', unchecked: '☐ ' };

interface Line {
  readonly op: 'same' | 'add' | 'remove' | 'change';
  readonly block: TextBlock;
  /** Of a changed block: as it was. */
  readonly was?: TextBlock;
}

/** How much two texts have in common, 0 to 1: what was rewritten is told as removed and added. */
function likeness(a: string, b: string): number {
  const words = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const [first, second] = [words(a), words(b)];
  if (first.size + second.size === 0) return 0;
  return (2 * [...first].filter((word) => second.has(word)).length) / (first.size + second.size);
}

/** A removed block followed by an added one like it is one that changed. */
function linesOf(before: readonly TextBlock[], after: readonly TextBlock[]): Line[] {
  const lines: Line[] = [];
  const removed: TextBlock[] = [];
  const settle = () => {
    for (const block of removed.splice(0)) lines.push({ op: 'remove', block });
  };
  const equal = (a: TextBlock, b: TextBlock) => a.kind === b.kind && a.text === b.text;
  for (const { op, item } of diffLists(before, after, equal)) {
    if (op === 'remove') removed.push(item);
    else if (op === 'add') {
      const at = removed.findIndex((old) => likeness(old.text, item.text) > 0.4);
      if (at >= 0) {
        for (const block of removed.splice(0, at)) lines.push({ op: 'remove', block });
        lines.push({ op: 'change', block: item, was: removed.shift()! });
      } else lines.push({ op: 'add', block: item });
    } else {
      settle();
      lines.push({ op, block: item });
    }
  }
  settle();
  return lines;
}

const inserted = 'rounded-[3px] bg-ok-soft text-ok no-underline';
const deleted = 'rounded-[3px] bg-danger-soft text-danger';

function LineText({ line }: { line: Line }) {
  const lead = leads[line.block.kind] ?? '';
  if (line.op === 'add') return <ins className={inserted}>{lead + line.block.text}</ins>;
  if (line.op === 'remove') return <del className={deleted}>{lead + line.block.text}</del>;
  if (!line.was) return lead + line.block.text;
  const { was } = line;
  return (
    <>
      {was.kind === line.block.kind ? (
        lead
      ) : (
        <>
          {leads[was.kind] ? <del className={deleted}>{leads[was.kind]}</del> : null}
          {lead ? <ins className={inserted}>{lead}</ins> : null}
        </>
      )}
      {diffWords(was.text, line.block.text).map((piece, i) =>
        piece.op === 'same' ? (
          piece.text
        ) : piece.op === 'add' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one comparison
          <ins key={i} className={inserted}>
            {piece.text}
          </ins>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <del key={i} className={deleted}>
            {piece.text}
          </del>
        ),
      )}
    </>
  );
}

/** Unchanged blocks that are shown around a change. */
const around = 1;

export function Comparison(props: { before: readonly TextBlock[]; after: readonly TextBlock[] }) {
  const lines = useMemo(() => linesOf(props.before, props.after), [props.before, props.after]);
  const changed = lines.map((line) => line.op !== 'same');
  if (!changed.includes(true)) return <p className="text-ink-3">The text is the same.</p>;
  const shown = lines.map((_, i) => changed.slice(Math.max(0, i - around), i + around + 1).includes(true));
  return (
    <div className="flex flex-col gap-1.5 [overflow-wrap:anywhere]">
      {lines.map((line, i) =>
        shown[i] ? (
          <p
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one comparison
            key={i}
            className={clsx(
              'min-h-5 whitespace-pre-wrap',
              blockStyles[line.block.kind],
              line.op === 'same' && 'text-ink-3',
            )}
          >
            <LineText line={line} />
          </p>
        ) : shown[i - 1] || i === 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <p key={i} aria-hidden className="text-xs text-ink-3">
            ⋯
          </p>
        ) : null,
      )}
    </div>
  );
}

function VersionView(props: {
  version: VersionRow;
  handle: DocumentHandle;
  editor: Editor | null;
  onDone: () => void;
}) {
  const { version, handle, editor } = props;
  const store = useStore();
  const { readOnly } = useWorkspace();
  const [state, setState] = useState<Uint8Array | null>(null);
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    let gone = false;
    store.read(versionState(store.db, version.id)).then(
      ([row]) => !gone && row && setState(row.state),
      () => toast.error('This version could not be read on this device.'),
    );
    return () => {
      gone = true;
    };
  }, [store, version.id]);
  useEffect(() => {
    const changed = () => setChanges((n) => n + 1);
    handle.doc.on('update', changed);
    return () => handle.doc.off('update', changed);
  }, [handle]);
  const body = useMemo(() => state && bodyOfState(state), [state]);
  const before = useMemo(() => body && textBlocks(body), [body]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the document changes in place
  const after = useMemo(() => textBlocks(bodyOf(handle.doc)), [handle, changes]);
  const restore = () => {
    if (!body || !editor) return;
    // One step of its own in the undo of this person.
    stopCapturing(editor);
    editor.commands.setContent(body.toJSON());
    stopCapturing(editor);
    toast('The page is as it was then', {
      action: { label: 'Undo', onClick: () => void editor.commands.undo() },
    });
    props.onDone();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col border-t border-line">
      <div className="flex items-center gap-2 px-4 py-2">
        <p className="min-w-0 flex-1 text-xs text-ink-3">What has changed since</p>
        <Button
          size="sm"
          variant="primary"
          reason={readOnly}
          disabled={!body || !editor}
          icon={<RotateCcw size={13} aria-hidden />}
          onClick={restore}
        >
          Restore
        </Button>
      </div>
      <section
        aria-label="What has changed since"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-4 pb-6"
      >
        {before ? <Comparison before={before} after={after} /> : null}
      </section>
    </div>
  );
}

export function HistoryPanel(props: { handle: DocumentHandle; editor: Editor | null; onClose: () => void }) {
  const { handle } = props;
  const { documentId, workspaceId } = handle;
  const store = useStore();
  const act = useAct();
  const author = useAuthor();
  const { readOnly } = useWorkspace();
  const rows = useLive<VersionRow>((db) => versions(db, documentId), [documentId]);
  const [chosen, setChosen] = useState<string | null>(null);
  const version = rows?.find((row) => row.id === chosen) ?? rows?.[0];
  const keep = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get('name') ?? '').trim();
    if (!name) return;
    const made = { workspaceId, documentId, name, automatic: false, author };
    const statements = keepVersion(store.db, handle.doc, made);
    if (statements.length === 0) toast.error('This page is too large to keep a version of it.');
    else if (await act(`version “${name}”`, statements, { undoable: false })) form.reset();
  };
  return (
    <aside
      aria-label="History"
      className="anim-slide flex w-[min(400px,40vw)] shrink-0 flex-col border-l border-line bg-surface max-[900px]:fixed max-[900px]:inset-0 max-[900px]:z-20 max-[900px]:w-full max-[900px]:border-0"
    >
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
        <h2 className="flex-1 text-sm font-[600]">History</h2>
        <IconButton label="Close history" onClick={props.onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      {readOnly === null ? (
        <form onSubmit={(event) => void keep(event)} className="flex gap-2 px-4 py-3">
          <input
            name="name"
            aria-label="Name of this version"
            placeholder="Name the page as it is now"
            maxLength={200}
            className={inputStyle}
          />
          <Button type="submit" size="md">
            Keep
          </Button>
        </form>
      ) : null}
      {rows?.length === 0 ? (
        <Empty icon={<HistoryIcon size={20} aria-hidden />} title="No versions yet">
          One is kept when a changed page is left, at most every half hour. You can also name one.
        </Empty>
      ) : (
        <ul aria-label="Versions" className="max-h-[38%] shrink-0 overflow-y-auto px-2 pb-2">
          {(rows ?? []).map((row) => (
            <li key={row.id}>
              <Boundary what="version" of={row}>
                <button
                  type="button"
                  aria-pressed={row.id === version?.id}
                  onClick={() => setChosen(row.id)}
                  className="flex w-full flex-col rounded-md px-2 py-1.5 text-left hover:bg-hover aria-pressed:bg-press"
                >
                  <span className={clsx('truncate', row.name ? 'font-[550]' : 'text-ink-2')}>
                    {visible(row.name, '') || exactTime(row.created_at)}
                  </span>
                  <span className="text-xs text-ink-3">
                    {[row.author, ago(row.created_at), row.automatic ? 'automatic' : '']
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </button>
              </Boundary>
            </li>
          ))}
        </ul>
      )}
      {version ? (
        <VersionView
          key={version.id}
          version={version}
          handle={handle}
          editor={props.editor}
          onDone={props.onClose}
        />
      ) : null}
    </aside>
  );
}
