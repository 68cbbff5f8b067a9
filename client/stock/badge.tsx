// In the sidebar: how many requests of stock wait for the person's word.
import { useWorkspace } from '../account';
import { useLive } from '../sync/react/store-context';

export function StockBadge() {
  const workspaceId = useWorkspace().id;
  const rows = useLive(
    (db) =>
      db
        .selectFrom('sync.stock_request')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .where('state', '<>', 'waiting'),
    [workspaceId],
  );
  if (!rows || rows.length === 0) return null;
  return (
    <span className="rounded-full bg-warn-soft px-1.5 text-2xs font-[600] text-warn tabular-nums">
      {rows.length}
    </span>
  );
}
