// The Inbox: what was merged away, refused or could not be taken in while one worked, each with a way back.
import { Inbox as InboxIcon } from 'lucide-react';
import { useSession } from '../../account/session';
import { OpenCases, SettledCases } from '../../booking/inbox-cases';
import { Boundary } from '../../kit/boundary';
import { Empty } from '../../kit/empty';
import { ago } from '../../kit/when';
import { useAct } from '../../sync/react/act';
import { useLive, useStatus, useStore } from '../../sync/react/store-context';
import { Column, Page } from '../shell/page';
import { DecisionNotice, isDecision } from './decision-notice';
import { NoticeItem } from './notice-item';
import { bookingCases, notices, parked, refusals } from './queries';
import { heldWith, RefusedItem } from './refused-item';
import { resolveNotice } from './restore';
import { rowName } from './values';

export function InboxPage() {
  const session = useSession();
  const status = useStatus();
  const store = useStore();
  const act = useAct();
  const userId = session?.user.id ?? '';
  const lost = useLive((db) => notices(db, userId), [userId]);
  const refused = useLive((db) => refusals(db), []);
  const stuck = useLive((db) => parked(db), []);
  const cases = useLive((db) => bookingCases(db, userId), [userId])?.[0];
  const known = lost !== undefined && refused !== undefined && cases !== undefined;
  const open = (lost?.length ?? 0) + (refused?.length ?? 0) + (stuck?.length ?? 0) + (cases?.open ?? 0);
  // What hangs on a refused row is shown with it.
  const roots = refused?.filter((entry) => !refused.some((other) => other.id === entry.held_by)) ?? [];
  const empty = known && open === 0;
  const settled = (cases?.settled ?? 0) > 0;
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
            {cases?.open ? <OpenCases /> : null}
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
                {isDecision(notice) ? <DecisionNotice notice={notice} /> : <NoticeItem notice={notice} />}
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
          {settled ? <SettledCases /> : null}
        </Column>
      )}
    </Page>
  );
}
