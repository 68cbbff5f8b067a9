// An operation that the server refused: why, what was in it, what hangs on it, and what can be done about it.
import { Ban } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { schema } from '../../../db/tables';
import { Button } from '../../kit/button';
import { Dialog } from '../../kit/dialog';
import { ago } from '../../kit/when';
import { useStore } from '../../sync/react/store-context';
import { StoreError } from '../../sync/store';
import { Mend, mendable } from './mend';
import { Value } from './notice-item';
import type { RefusedRow } from './queries';
import { columnName, columnOf, rowName, useCanReplace, useSay } from './values';

const verbs: Record<string, string> = {
  insert: 'A new',
  update: 'A change of a',
  delete: 'The deletion of a',
};

/** Whether a column says something to a person. */
function isShown(table: string, name: string): boolean {
  const column = columnOf(table, name);
  return column !== null && column.called !== null && !column.silent;
}

const shownHeld = 5;

/** What hangs on a refused row, directly or by way of others, in the order in which it was made. */
export function heldWith(entry: RefusedRow, all: readonly RefusedRow[]): RefusedRow[] {
  const out: RefusedRow[] = [];
  for (let ids = [entry.id]; ids.length > 0; ) {
    const next = all.filter(
      (other) => other.held_by !== null && ids.includes(other.held_by) && !out.includes(other),
    );
    out.push(...next);
    ids = next.map((other) => other.id);
  }
  return out.sort((a, b) => Number(a.i) - Number(b.i));
}

const valuesOf = (entry: RefusedRow) => (entry.set ?? {}) as Record<string, unknown>;

export function RefusedItem({ entry, held }: { entry: RefusedRow; held: readonly RefusedRow[] }) {
  const store = useStore();
  const say = useSay();
  const [asking, setAsking] = useState(false);
  const values = valuesOf(entry);
  const shown = Object.entries(
    entry.kind === 'delete' ? ((entry.was ?? {}) as Record<string, unknown>) : values,
  ).filter(([column, value]) => isShown(entry.table, column) && value !== null && value !== '');
  const rule = entry.rule === null ? undefined : schema.rules[entry.rule];
  const offered = rule?.stored === 'refused' ? rule.resolutions : (['again', 'discard'] as const);
  /** It and what hangs on it, in one local transaction. */
  const send = async (change: Record<string, unknown>) => {
    try {
      await store.resend(entry.id, change);
      toast('Written again; it will be sent.');
    } catch (error) {
      toast.error(error instanceof StoreError ? error.message : 'This could not be saved on this device.');
    }
  };
  const copy = () =>
    navigator.clipboard
      .writeText(
        shown
          .map(([column, value]) => `${columnName(entry.table, column)}: ${say(entry.table, column, value)}`)
          .join('\n'),
      )
      .then(
        () => toast('Copied'),
        () => toast.error('The browser did not allow copying.'),
      );
  const discard = async () => {
    setAsking(false);
    try {
      for (const each of [...held, entry]) await store.discardRefused(each.id);
      toast('Discarded');
    } catch (error) {
      toast.error(error instanceof StoreError ? error.message : 'This could not be discarded.');
    }
  };
  const canReplace = useCanReplace();
  const field = rule?.stored === 'refused' ? rule.field : null;
  const mends =
    field !== null &&
    offered.some((way) => mendable(way, columnOf(entry.table, field), canReplace)) &&
    entry.kind !== 'delete';
  return (
    <li className="rounded-lg bg-surface shadow-card">
      <div className="flex gap-3 p-4 pb-3">
        <span className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-danger-soft text-danger">
          <Ban size={14} aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-[550]">
            {verbs[entry.kind] ?? 'A change of a'} {rowName(entry.table)} was refused
          </p>
          <p className="text-ink-2">{entry.sentence}</p>
          <p className="text-xs text-ink-3">{ago(entry.at)}</p>
          {shown.length > 0 ? (
            <dl className="mt-3 grid gap-2 sm:grid-cols-2">
              {shown.map(([column, value]) => (
                <Value
                  key={column}
                  term={columnName(entry.table, column)}
                  tone="kept"
                  text={say(entry.table, column, value)}
                />
              ))}
            </dl>
          ) : null}
          {held.length > 0 ? (
            <section aria-label="Held with it" className="mt-3">
              <p className="text-xs text-ink-2">
                {held.length === 1
                  ? 'One thing hangs on it and is'
                  : `${held.length} things hang on it and are`}{' '}
                held with it:
              </p>
              <ul className="mt-1 flex flex-col gap-0.5">
                {held.slice(0, shownHeld).map((each) => (
                  <li key={each.id} className="truncate">
                    <span className="text-ink-3">{rowName(each.table)} </span>
                    {nameOf(each)}
                  </li>
                ))}
                {held.length > shownHeld ? (
                  <li className="text-ink-3">and {held.length - shownHeld} more</li>
                ) : null}
              </ul>
            </section>
          ) : null}
          {mends ? (
            <Mend
              table={entry.table}
              field={field}
              value={values[field]}
              withHeld={held.length}
              ways={offered}
              onSend={(value) => void send({ [field]: value })}
            />
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
        {offered.some((way) => way === 'again') ? (
          <Button size="sm" onClick={() => void send({})}>
            Retry
          </Button>
        ) : null}
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Discard this change?"
        description={`The server does not have it, and it is kept nowhere else.${
          held.length > 0
            ? ` With it ${held.length === 1 ? 'goes the thing' : `go the ${held.length} things`} that ${held.length === 1 ? 'hangs' : 'hang'} on it.`
            : ''
        }`}
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

function nameOf(entry: RefusedRow): string {
  const values = { ...(entry.was as object), ...(entry.set as object) } as Record<string, unknown>;
  return String(values.title ?? values.name ?? values.body ?? '').slice(0, 200);
}
