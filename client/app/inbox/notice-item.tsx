// A merge that went against this person: what was lost, what stands now, and a way back.
import { GitMerge, Trash2 } from 'lucide-react';
import { useWorkspace } from '../../account/workspace';
import { Button } from '../../kit/button';
import { beginning } from '../../kit/visible';
import { ago } from '../../kit/when';
import { useAct } from '../../sync/react/act';
import { useStore } from '../../sync/react/store-context';
import { useOpenTask } from '../../task/active-task';
import type { NoticeRow } from './queries';
import { resolveNotice, restoreNotice } from './restore';
import { columnName, rowName, useSay } from './values';

function headline(notice: NoticeRow, who: string): string {
  const field = notice.field === null ? 'change' : columnName(notice.table, notice.field);
  if (notice.kind === 'deleted') return `${who} deleted a ${rowName(notice.table)} that you changed`;
  if (notice.kind === 'lost') return `Your ${field} lost to a newer one by ${who}`;
  return `${who} replaced your ${field} without having seen it`;
}

export function NoticeItem({ notice }: { notice: NoticeRow }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { open } = useOpenTask();
  const say = useSay();
  const who = notice.by_name || 'Somebody';
  const title = notice.task_title || notice.title;
  const restore = restoreNotice(store.db, notice);
  const elsewhere = notice.workspace_id !== workspace.id;
  return (
    <li className="rounded-lg bg-surface shadow-card">
      <div className="flex gap-3 p-4 pb-3">
        <span className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-warn-soft text-warn">
          {notice.kind === 'deleted' ? <Trash2 size={14} aria-hidden /> : <GitMerge size={14} aria-hidden />}
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-[550]">{headline(notice, who)}</p>
          <p className="text-ink-3">
            {title ? (
              <button
                type="button"
                onClick={() => open(notice.row_id)}
                disabled={notice.task_title === null || elsewhere}
                className="max-w-full truncate rounded-sm text-left text-ink-2 enabled:underline enabled:underline-offset-2"
              >
                {title}
              </button>
            ) : null}
            {title ? ' · ' : ''}
            {ago(notice.created_at)}
          </p>
          {notice.field ? (
            <dl className="mt-3 grid gap-2 sm:grid-cols-2">
              <Value term="Yours" tone="lost" text={say(notice.table, notice.field, notice.lost)} />
              <Value
                term={`Stands now, by ${who}`}
                tone="kept"
                text={say(notice.table, notice.field, notice.kept)}
              />
            </dl>
          ) : null}
        </div>
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-2">
        <Button
          size="sm"
          variant="ghost"
          onClick={() => void act('dismissal', [resolveNotice(store.db, notice.id)])}
        >
          Dismiss
        </Button>
        <Button
          size="sm"
          reason={
            workspace.readOnly ??
            (restore.length === 0 ? 'This cannot be written again; copy it from here.' : null)
          }
          onClick={() => void act('restore', restore, { say: 'Restored' })}
        >
          {notice.kind === 'deleted' ? `Restore ${rowName(notice.table)}` : 'Restore mine'}
        </Button>
      </div>
    </li>
  );
}

/** Characters of a value; all of it comes back with "restore". */
const longest = 4_000;

export function Value(props: { term: string; tone: 'lost' | 'kept'; text: string }) {
  return (
    <div
      className={
        props.tone === 'lost' ? 'rounded-md bg-warn-soft/60 px-3 py-2' : 'rounded-md bg-press/60 px-3 py-2'
      }
    >
      <dt className="text-xs text-ink-2">{props.term}</dt>
      <dd className="mt-0.5 max-h-32 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
        {beginning(props.text, longest)}
        {props.text.length > longest
          ? `… (${(props.text.length - longest).toLocaleString('en')} characters more)`
          : null}
      </dd>
    </div>
  );
}
