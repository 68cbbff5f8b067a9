// What others decided about a clash of one's booking, or why one's own decision did not come about.
import { Link } from '@tanstack/react-router';
import { Info, Scale } from 'lucide-react';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import type { InboxNotice } from '../kit/feature';
import { ago } from '../kit/when';

export const isDecision = (notice: InboxNotice): boolean =>
  ['late', 'failed', 'decided'].includes(notice.kind);

function headline(notice: InboxNotice): string {
  const who = notice.by_name || 'Somebody';
  if (notice.kind === 'late') return 'Your decision came too late';
  if (notice.kind === 'failed') return 'Your decision could not be carried out';
  switch ((notice.lost as { choice?: string } | null)?.choice) {
    case 'move':
      return `${who} chose another place`;
    case 'cancel':
      return `${who} cancelled what was asked for`;
    case 'give_way':
      return `${who} decided: the holder gives way`;
    case 'agree':
      return `${who} agreed to the swap`;
    case 'decline':
      return `${who} declined the swap`;
    default:
      return `${who} decided`;
  }
}

export function DecisionNotice({ notice, onSeen }: { notice: InboxNotice; onSeen: () => void }) {
  const workspace = useWorkspace();
  const sentence = (notice.kept as { sentence?: string } | null)?.sentence;
  return (
    <li className="rounded-lg bg-surface shadow-card">
      <div className="flex gap-3 p-4 pb-3">
        <span className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-info-soft text-info">
          {notice.kind === 'decided' ? <Scale size={14} aria-hidden /> : <Info size={14} aria-hidden />}
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-[550]">{headline(notice)}</p>
          {sentence ? <p>{sentence}</p> : null}
          <p className="text-ink-3">
            {notice.title ? `${notice.title} · ` : ''}
            {ago(notice.created_at)}
          </p>
        </div>
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-2">
        {notice.table === 'booking' && notice.workspace_id === workspace.id ? (
          <Link
            to="/w/$workspaceId/bookings"
            params={{ workspaceId: workspace.id }}
            search={{ booking: notice.row_id }}
            className="inline-flex h-7 items-center rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink"
          >
            Show the booking
          </Link>
        ) : null}
        <Button size="sm" onClick={onSeen}>
          Seen
        </Button>
      </div>
    </li>
  );
}
