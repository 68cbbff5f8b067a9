// Subscriptions of a resource: made and revoked on the server, so they need a connection (C4).
import { Rss } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { toast } from 'sonner';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { CopyField } from '../kit/copy-field';
import { ago } from '../kit/when';
import { ApiError } from '../sync/react/request';
import { useStatus } from '../sync/react/store-context';
import { calendarApi, type Feed } from './api';
import type { CalendarOf } from './calendar-of';

const sentence = (cause: unknown) =>
  cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.';

/** Why subscriptions cannot be seen and changed now, or null. */
function useReason(): string | null {
  const { readOnly } = useWorkspace();
  const status = useStatus();
  if (readOnly) return 'You are a guest here: subscriptions are made by members.';
  if (status.network === 'offline')
    return 'Subscriptions need a connection: the server answers at their address.';
  if (status.session === 'expired') return 'Sign in again first: subscriptions are kept on the server.';
  return null;
}

export function Feeds({ resource }: { resource: CalendarOf }) {
  const workspace = useWorkspace();
  const reason = useReason();
  const [feeds, setFeeds] = useState<readonly Feed[] | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const load = useCallback(async () => {
    try {
      setFeeds((await calendarApi.feeds(workspace.id, resource.id)).feeds);
    } catch (cause) {
      toast.error(sentence(cause), { id: 'feeds' });
    }
  }, [workspace.id, resource.id]);
  useEffect(() => {
    if (reason === null) void load();
  }, [reason, load]);

  const change = async (run: () => Promise<void>) => {
    setBusy(true);
    try {
      await run();
      await load();
    } catch (cause) {
      toast.error(sentence(cause));
    } finally {
      setBusy(false);
    }
  };
  const make = () =>
    change(async () => setUrl((await calendarApi.createFeed(workspace.id, resource.id)).url));
  const revoke = (feed: Feed) =>
    change(async () => {
      await calendarApi.revokeFeed(workspace.id, feed.id);
      setUrl(null);
      toast('The address is revoked: calendars get nothing there any more.');
    });

  return (
    <>
      {reason ? <p className="mb-3 text-ink-3">{reason}</p> : null}
      {url ? (
        <div className="mb-3">
          <p className="mb-1.5">Paste this into a calendar. It is shown only now; whoever has it can read.</p>
          <CopyField label="Address of the subscription" noun="Address" value={url} />
        </div>
      ) : null}
      {feeds && feeds.length > 0 && reason === null ? (
        <ul aria-label="Subscriptions" className="mb-3 divide-y divide-line rounded-md ring-1 ring-line">
          {feeds.map((feed) => (
            <li key={feed.id} className="flex items-center gap-3 px-3 py-2">
              <div className="min-w-0 flex-1">
                <p>
                  Made by {feed.madeBy}, {ago(feed.createdAt)}
                </p>
                <p className="text-xs text-ink-3">
                  {feed.readAt ? `Read ${ago(feed.readAt)}` : 'Never read'}
                </p>
              </div>
              <Button size="sm" variant="danger" disabled={busy} onClick={() => void revoke(feed)}>
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <Button
        icon={<Rss size={14} aria-hidden />}
        reason={reason}
        disabled={busy}
        onClick={() => void make()}
      >
        Make an address
      </Button>
    </>
  );
}
