// The Inbox: what was merged away, refused or could not be taken in while one worked, each with a way back.
import { Inbox as InboxIcon } from 'lucide-react';
import { Empty } from '../kit/empty';
import { notices, parked, refusals } from '../query/inbox';
import { useSession } from '../session';
import { Column, Page } from '../shell/page';
import { useLive, useStatus } from '../store-context';
import { ago } from '../when';
import { NoticeItem } from './notice-item';
import { RefusedItem } from './refused-item';
import { tableNames } from './values';

export function InboxPage() {
  const session = useSession();
  const status = useStatus();
  const userId = session?.user.id ?? '';
  const lost = useLive((db) => notices(db, userId), [userId]);
  const refused = useLive((db) => refusals(db), []);
  const stuck = useLive((db) => parked(db), []);
  const known = lost !== undefined && refused !== undefined;
  const empty = known && lost.length + refused.length + (stuck?.length ?? 0) === 0;
  return (
    <Page title="Inbox" icon={<InboxIcon size={15} aria-hidden />}>
      {empty ? (
        <Empty icon={<InboxIcon size={20} aria-hidden />} title="Nothing needs you">
          When somebody else's newer change wins over yours, or the server refuses one, it shows here with
          what was lost and the way back.
          {status.upToDate ? null : ' The server has not been heard yet; more may come.'}
        </Empty>
      ) : (
        <Column>
          <ul aria-label="Inbox" className="flex flex-col gap-3">
            {refused?.map((entry) => (
              <RefusedItem key={entry.id} entry={entry} />
            ))}
            {lost?.map((notice) => (
              <NoticeItem key={notice.id} notice={notice} />
            ))}
            {stuck?.map((row) => (
              <li key={`${row.table}-${row.id}`} className="rounded-lg bg-surface p-4 shadow-card">
                <p className="font-[550]">
                  A {tableNames[row.table] ?? 'row'} from the server does not fit here yet
                </p>
                <p className="mt-1 text-ink-2">
                  It arrived {ago(row.at)} and is tried again with each change that comes. Nothing of yours is
                  affected.
                </p>
              </li>
            ))}
          </ul>
        </Column>
      )}
    </Page>
  );
}
