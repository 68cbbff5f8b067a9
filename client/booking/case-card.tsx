// A clash that waits for people: both bookings side by side, who found it, what can be done with one click each.
import { Send, TriangleAlert } from 'lucide-react';
import { formatRange } from '../../db/booking/range';
import { newId } from '../../db/sync/ids';
import { useAuthor, useSession, useWorkspace } from '../account';
import { useNow } from '../kit/now';
import { ago, exactTime } from '../kit/when';
import { useAct } from '../sync/react/act';
import { useLive, useStore } from '../sync/react/store-context';
import { type CaseRow, caseById } from './case-queries';
import { type Decide, type Side, sideOf } from './case-sides';
import { Ways } from './case-ways';
import { decisionText, headline, outcomeText } from './case-words';
import { StatusSign, statusWords } from './facts';
import { whenText } from './grid-time';
import { useResources } from './use-resources';

/** The case of a booking that is open in a dialog. */
export function CaseOf({ violationId }: { violationId: string; onMoved: () => void }) {
  const row = useLive((db) => caseById(db, violationId), [violationId])?.[0];
  return row ? (
    <div className="rounded-lg ring-1 ring-line-strong">
      <CaseCard row={row} />
    </div>
  ) : null;
}

export function CaseCard({ row }: { row: CaseRow }) {
  const store = useStore();
  const act = useAct();
  const author = useAuthor();
  const session = useSession();
  const workspace = useWorkspace();
  const now = useNow(30_000);
  const { byId } = useResources();
  const userId = session?.user.id ?? '';
  const resourceName = (id: string) => byId.get(id)?.name ?? 'another resource';
  const asked = sideOf(row.asked, row.detail.asked);
  const held = sideOf(row.held, row.detail.held);
  const isHere = row.workspace_id === workspace.id;
  const isOwner = isHere && workspace.role === 'owner';
  const asks = row.asked_by === userId || (isOwner && row.asked_by !== null);
  const holds = row.held_by === userId || (isOwner && row.held_by !== null);
  const waiting = row.decisions.findLast((d) => d.outcome === null && d.user_id === userId);
  const last = row.decisions.at(-1);

  const decide: Decide = (choice, to) => {
    const detail = to
      ? {
          resource_id: to.resource_id,
          during: formatRange({ start: Date.parse(to.starts), end: Date.parse(to.ends) }),
        }
      : {};
    const statement = store.db.insertInto('resolution').values({
      id: newId(),
      workspace_id: row.workspace_id,
      violation_id: row.id,
      user_id: userId,
      author: author.name,
      choice,
      detail: JSON.stringify(detail),
    });
    // The first to arrive decides; a decision is not taken back but by another one.
    void act(`decision about “${row.title}”`, [statement], { undoable: false });
  };

  return (
    <div data-case={row.id}>
      <div className="flex gap-3 p-4 pb-3">
        <span className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-danger-soft text-danger">
          <TriangleAlert size={14} aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-[550]">{headline(row, userId)}</p>
          <p className="text-xs text-ink-3" title={exactTime(row.created_at)}>
            Found by {row.detected_by === 'server' ? 'the server' : row.detected_by}{' '}
            {ago(row.created_at, now)}
          </p>
          <dl className="mt-3 grid gap-2 sm:grid-cols-2">
            <SideBox
              term={
                row.asked_by === userId ? 'Yours, asks for the time' : `${row.asked_name || 'Somebody'} asks`
              }
              side={asked}
              resource={asked ? resourceName(asked.resourceId) : ''}
            />
            <SideBox
              term={row.held_by === userId ? 'Yours, holds the time' : `${row.held_name || 'Somebody'} holds`}
              side={held}
              resource={held ? resourceName(held.resourceId) : ''}
            />
          </dl>
          {last?.outcome === 'failed' ? (
            <p role="alert" className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
              “{decisionText(last, row, resourceName)}” could not be carried out. {last.sentence}
            </p>
          ) : null}
          {row.outcome ? (
            <p className="mt-3">{outcomeText(row)}</p>
          ) : waiting ? (
            <p
              role="status"
              className="mt-3 flex items-center gap-2 rounded-md bg-info-soft px-3 py-2 text-info"
            >
              <Send size={14} aria-hidden className="shrink-0" />
              <span>
                {waiting.pending ? 'Decided here, not yet sent' : 'Sent; the server carries it out'}:{' '}
                {decisionText(waiting, row, resourceName)}.
              </span>
            </p>
          ) : (
            <Ways
              row={row}
              asked={asked}
              held={held}
              asks={asks && isHere}
              holds={holds && isHere}
              userId={userId}
              resourceName={resourceName}
              decide={decide}
            />
          )}
        </div>
      </div>
      <History row={row} resourceName={resourceName} />
    </div>
  );
}

function SideBox({ term, side, resource }: { term: string; side: Side | null; resource: string }) {
  return (
    <div className="rounded-md bg-press/60 px-3 py-2">
      <dt className="text-xs text-ink-2">{term}</dt>
      <dd className="mt-0.5 [overflow-wrap:anywhere]">
        {side ? (
          <>
            <span className="font-[550]">{side.title}</span>
            <span className="block text-ink-2 tabular-nums">
              {side.span ? whenText(side.span.start, side.span.end) : ''} · {resource}
            </span>
            <span className="mt-0.5 flex items-center gap-1 text-xs text-ink-2">
              <StatusSign status={side.status} />
              {statusWords[side.status] ?? side.status}
            </span>
          </>
        ) : (
          <span className="text-ink-2">Taken. By whom is not for you to see.</span>
        )}
      </dd>
    </div>
  );
}

/** What was decided before, by whom, and what came of it: the audit line stays when the case is closed. */
export function History({ row, resourceName }: { row: CaseRow; resourceName: (id: string) => string }) {
  const carriedOut = row.decisions.filter((decision) => decision.outcome !== null);
  if (carriedOut.length === 0) return null;
  return (
    <ul aria-label="History" className="border-t border-line px-4 py-2 text-xs text-ink-2">
      {carriedOut.map((decision) => (
        <li key={decision.id} className="py-0.5">
          <span title={exactTime(decision.created_at)}>{ago(decision.created_at)}</span>,{' '}
          {decision.author || 'Somebody'}: {decisionText(decision, row, resourceName)}
          {results[decision.outcome ?? ''] ?? ''}
        </li>
      ))}
    </ul>
  );
}

const results: Record<string, string> = {
  late: ' (came too late: it had been decided)',
  failed: ' (not possible any more)',
  asked: ' (proposed)',
};
