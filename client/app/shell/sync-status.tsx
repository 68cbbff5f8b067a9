// The sync chip in the header, and the details behind it.

import { useNavigate } from '@tanstack/react-router';
import clsx from 'clsx';
import {
  Check,
  CircleAlert,
  Clock,
  CloudDownload,
  CloudOff,
  Inbox,
  KeyRound,
  Loader,
  RefreshCw,
  Upload,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { signIn } from '../../account/overlays';
import { useWorkspace } from '../../account/workspace';
import { Button } from '../../kit/button';
import { useNow } from '../../kit/now';
import { useOverlays } from '../../kit/overlays';
import { Popover } from '../../kit/popover';
import { ago } from '../../kit/when';
import { useStatus, useStore } from '../../sync/react/store-context';
import { type ChipKind, storageNames, syncChip } from './sync-chip';

const looks: Record<ChipKind, { icon: ReactNode; style: string }> = {
  failed: { icon: <CircleAlert size={14} />, style: 'bg-danger-soft text-danger' },
  opening: { icon: <Loader size={14} />, style: 'text-ink-2' },
  attention: { icon: <Inbox size={14} />, style: 'bg-warn-soft text-warn' },
  trouble: { icon: <CircleAlert size={14} />, style: 'bg-warn-soft text-warn' },
  'sign-in': { icon: <KeyRound size={14} />, style: 'bg-warn-soft text-warn' },
  loading: { icon: <CloudDownload size={14} />, style: 'bg-info-soft text-info' },
  offline: { icon: <CloudOff size={14} />, style: 'bg-press text-ink' },
  sending: { icon: <Upload size={14} />, style: 'bg-info-soft text-info' },
  waiting: { icon: <Clock size={14} />, style: 'bg-press text-ink' },
  connecting: { icon: <RefreshCw size={14} />, style: 'text-ink-2' },
  current: { icon: <Check size={14} />, style: 'text-ok' },
};

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-1">
      <dt className="text-ink-3">{label}</dt>
      <dd className="text-right">{children}</dd>
    </div>
  );
}

export function SyncStatus() {
  const status = useStatus();
  const store = useStore();
  const workspace = useWorkspace();
  const { show } = useOverlays();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const now = useNow(10_000);
  const chip = syncChip(status);
  const look = looks[chip.kind];
  const { loading } = status;
  const share = loading ? Math.min(1, loading.rows / Math.max(1, loading.total)) : 0;
  return (
    <Popover
      label="Sync details"
      align="end"
      open={open}
      onOpenChange={setOpen}
      className="w-80 p-4"
      trigger={
        <button
          type="button"
          aria-label={`Sync: ${chip.label}`}
          data-sync={chip.kind}
          className={clsx(
            'flex h-7 min-w-0 max-w-56 items-center gap-1.5 rounded-full px-2.5 text-xs font-[550] whitespace-nowrap hover:ring-1 hover:ring-line-strong hover:ring-inset',
            look.style,
          )}
        >
          <span aria-hidden className="shrink-0">
            {look.icon}
          </span>
          <span className="truncate tabular-nums" aria-live="polite">
            {chip.label}
          </span>
          {status.attention > 0 && chip.kind !== 'attention' ? (
            <span className="size-1.5 rounded-full bg-warn" title={`${status.attention} in the Inbox`} />
          ) : null}
        </button>
      }
    >
      <p className="font-[600]">{chip.label}</p>
      <p className="mt-1 text-ink-2">{chip.detail}</p>
      {loading ? (
        <progress
          aria-label="First load"
          value={share}
          max={1}
          className="mt-3 h-1.5 w-full overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-press [&::-webkit-progress-value]:bg-accent"
        />
      ) : null}
      <dl className="mt-3 border-t border-line pt-2 text-xs">
        <Fact label="Network">{status.network === 'online' ? 'Online' : 'Offline'}</Fact>
        <Fact label="Server last heard">{status.heardAt === null ? 'Never' : ago(status.heardAt, now)}</Fact>
        <Fact label="Waiting to be sent">
          {status.unsent === 0 ? 'Nothing' : `${status.unsent} ${status.unsent === 1 ? 'change' : 'changes'}`}
        </Fact>
        <Fact label="Kept in">{status.storage ? storageNames[status.storage] : 'Not open yet'}</Fact>
      </dl>
      {status.problem && chip.kind !== 'trouble' ? (
        <p className="mt-2 rounded-md bg-warn-soft px-2 py-1.5 text-xs text-warn">
          {status.problem.sentence}
        </p>
      ) : null}
      <div className="mt-3 flex flex-wrap gap-2">
        {status.session === 'expired' ? (
          <Button
            variant="primary"
            size="sm"
            onClick={() => {
              setOpen(false);
              show(signIn);
            }}
          >
            Sign in
          </Button>
        ) : null}
        {status.attention > 0 ? (
          <Button
            size="sm"
            onClick={() => {
              setOpen(false);
              void navigate({ to: '/w/$workspaceId/inbox', params: { workspaceId: workspace.id } });
            }}
          >
            Open Inbox
          </Button>
        ) : null}
        <Button
          size="sm"
          onClick={() => {
            setOpen(false);
            void navigate({ to: '/w/$workspaceId/diagnostics', params: { workspaceId: workspace.id } });
          }}
        >
          Diagnostics
        </Button>
        {status.session === 'signed-in' ? (
          <Button size="sm" onClick={() => store.wake()}>
            Try now
          </Button>
        ) : null}
      </div>
    </Popover>
  );
}
