// The Inbox: what was merged away, refused or could not be taken in while one worked, each with a way back.
import { Inbox as InboxIcon } from 'lucide-react';
import { useSession } from '../../account/session';
import { Boundary } from '../../kit/boundary';
import { Empty } from '../../kit/empty';
import type { InboxPart } from '../../kit/feature';
import { Column, Page } from '../../kit/page-frame';
import { ago } from '../../kit/when';
import { useAct } from '../../sync/react/act';
import { useLive, useStatus, useStore } from '../../sync/react/store-context';
import { NoticeItem } from './notice-item';
import { type NoticeRow, notices, parked, refusals } from './queries';
import { heldWith, RefusedItem } from './refused-item';
import { resolveNotice } from './restore';
import { rowName } from './values';

/** @param props.parts of the features: the same at every render */
export function InboxPage({ parts }: { parts: readonly InboxPart[] }) {
  const session = useSession();
  const status = useStatus();
  const store = useStore();
  const act = useAct();
  const userId = session?.user.id ?? '';
  const lost = useLive((db) => notices(db, userId), [userId]);
  const refused = useLive((db) => refusals(db), []);
  const stuck = useLive((db) => parked(db), []);
  // biome-ignore lint/correctness/useHookAtTopLevel: the parts are the same at every render
  const counts = parts.map((part) => part.useCounts(userId));
  const known = lost !== undefined && refused !== undefined && !counts.includes(undefined);
  const openIn = counts.reduce((sum, count) => sum + (count?.open ?? 0), 0);
  const open = (lost?.length ?? 0) + (refused?.length ?? 0) + (stuck?.length ?? 0) + openIn;
  // What hangs on a refused row is shown with it.
  const roots = refused?.filter((entry) => !refused.some((other) => other.id === entry.held_by)) ?? [];
  const empty = known && open === 0;
  const settled = counts.some((count) => (count?.settled ?? 0) > 0);
  const nothing = (
    <Empty icon={<InboxIcon size={20} aria-hidden />} title="Nothing needs you">
      When a booking clashes, when somebody else's newer change wins over yours, or the server refuses one, it
      shows here with the way on.
      {status.upToDate ? null : ' The server has not been heard yet; more may come.'}
    </Empty>
  );
  return (
    <Page title="Inbox" icon={<InboxIcon size={15} aria-hidden />}>
      {empty && !settled ? (
        nothing
      ) : (
        <Column>
          {empty ? nothing : null}
          <ul aria-label="Inbox" className="flex flex-col gap-3">
            {parts.map(({ Open }, i) => (counts[i]?.open ? <Open key={Open.name} /> : null))}
            {roots.map((entry) => (
              <Boundary
                key={entry.id}
                as="li"
                what="refused change"
                of={entry}
                onDelete={() => void store.discardRefused(entry.id)}
              >
                <RefusedItem entry={entry} held={heldWith(entry, refused ?? [])} />
              </Boundary>
            ))}
            {lost?.map((notice) => (
              <Boundary
                key={notice.id}
                as="li"
                what="notice"
                of={notice}
                onDelete={() => void act('dismissal', [resolveNotice(store.db, notice.id)])}
              >
                <Notice notice={notice} parts={parts} />
              </Boundary>
            ))}
            {stuck?.map((row) => (
              <li key={`${row.table}-${row.id}`} className="rounded-lg bg-surface p-4 shadow-card">
                <p className="font-[550]">A {rowName(row.table)} from the server does not fit here yet</p>
                <p className="mt-1 text-ink-2">
                  It arrived {ago(row.at)} and is tried again with each change that comes. Nothing of yours is
                  affected.
                </p>
              </li>
            ))}
          </ul>
          {parts.map(({ Settled }, i) => (counts[i]?.settled ? <Settled key={Settled.name} /> : null))}
        </Column>
      )}
    </Page>
  );
}

/** By the feature that has its own words for it, or in those that fit every notice. */
function Notice({ notice, parts }: { notice: NoticeRow; parts: readonly InboxPart[] }) {
  const store = useStore();
  const act = useAct();
  const own = parts.find((part) => part.notices?.shows(notice))?.notices;
  if (!own) return <NoticeItem notice={notice} />;
  const onSeen = () => void act('dismissal', [resolveNotice(store.db, notice.id)], { undoable: false });
  return <own.Notice notice={notice} onSeen={onSeen} />;
}
