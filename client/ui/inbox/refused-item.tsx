// An operation that the server refused: why, what was in it, and what can be done with it.
import { Ban } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { StoreError } from '../../store/store';
import { useAct } from '../act';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import type { RefusedRow } from '../query/inbox';
import { useStore } from '../store-context';
import { ago } from '../when';
import { Value } from './notice-item';
import { writeAgain } from './restore';
import { fieldNames, tableNames, useSay } from './values';

const verbs: Record<string, string> = {
  insert: 'A new',
  update: 'A change of a',
  delete: 'The deletion of a',
};

/** Columns that say nothing to a person. */
const hidden = new Set(['id', 'workspace_id', 'position', 'created_at', 'author_id', 'version', 'task_id']);

export function RefusedItem({ entry }: { entry: RefusedRow }) {
  const store = useStore();
  const act = useAct();
  const say = useSay();
  const [asking, setAsking] = useState(false);
  const values = (entry.set ?? {}) as Record<string, unknown>;
  const shown = Object.entries(
    entry.kind === 'delete' ? ((entry.was ?? {}) as Record<string, unknown>) : values,
  ).filter(([column, value]) => !hidden.has(column) && value !== null && value !== '');
  const again = writeAgain(store.db, { table: entry.table, rowId: entry.row_id, kind: entry.kind, values });
  const retry = async () => {
    if (await act('retry', again, { undoable: false })) {
      await store.discardRefused(entry.id);
      toast('Written again; it will be sent.');
    }
  };
  const copy = () =>
    navigator.clipboard
      .writeText(
        shown.map(([column, value]) => `${fieldNames[column] ?? column}: ${say(column, value)}`).join('\n'),
      )
      .then(
        () => toast('Copied'),
        () => toast.error('The browser did not allow copying.'),
      );
  const discard = async () => {
    setAsking(false);
    try {
      await store.discardRefused(entry.id);
      toast('Discarded');
    } catch (error) {
      toast.error(error instanceof StoreError ? error.message : 'This could not be discarded.');
    }
  };
  return (
    <li className="rounded-lg bg-surface shadow-card">
      <div className="flex gap-3 p-4 pb-3">
        <span className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-danger-soft text-danger">
          <Ban size={14} aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-[550]">
            {verbs[entry.kind] ?? 'A change of a'} {tableNames[entry.table] ?? entry.table} was refused
          </p>
          <p className="text-ink-2">{entry.sentence}</p>
          <p className="text-xs text-ink-3">{ago(entry.at)}</p>
          {shown.length > 0 ? (
            <dl className="mt-3 grid gap-2 sm:grid-cols-2">
              {shown.map(([column, value]) => (
                <Value
                  key={column}
                  term={fieldNames[column] ?? column}
                  tone="kept"
                  text={say(column, value)}
                />
              ))}
            </dl>
          ) : null}
        </div>
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-2">
        <Button size="sm" variant="ghost" onClick={() => setAsking(true)}>
          Discard
        </Button>
        <Button size="sm" variant="ghost" onClick={() => void copy()}>
          Copy
        </Button>
        <Button
          size="sm"
          reason={again.length === 0 ? 'This cannot be written again; copy it from here.' : null}
          onClick={() => void retry()}
        >
          Retry
        </Button>
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Discard this change?"
        description="The server does not have it, and it is kept nowhere else."
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Keep</Button>
            <Button variant="danger" onClick={() => void discard()}>
              Discard
            </Button>
          </>
        }
      />
    </li>
  );
}
