// The bookings' part of the Inbox: clashes that wait for a decision, and how the others ended.
import { Check } from 'lucide-react';
import { conflictsWithoutCase, type OwnConflictRow } from '../../db/booking/clashes';
import { useSession } from '../account';
import { Boundary } from '../kit/boundary';
import { exactTime } from '../kit/when';
import { bound } from '../sync/react/sql';
import { useLive } from '../sync/react/store-context';
import { CaseCard, History } from './case-card';
import { openCases, settledCases } from './case-queries';
import { outcomeText } from './case-words';
import { LocalConflict } from './local-conflict';
import { useResources } from './use-resources';

/** Items of the Inbox's list. */
export function OpenCases() {
  const userId = useSession()?.user.id ?? '';
  const open = useLive((db) => openCases(db, userId), [userId]);
  const local = useLive<OwnConflictRow>((db) => bound(db, conflictsWithoutCase(userId)), [userId]);
  return (
    <>
      {local?.map((row) => (
        <Boundary key={row.id} as="li" what="clash" of={row}>
          <LocalConflict row={row} />
        </Boundary>
      ))}
      {open?.map((row) => (
        <li key={row.id} className="rounded-lg bg-surface shadow-card">
          <Boundary what="clash" of={row}>
            <CaseCard row={row} />
          </Boundary>
        </li>
      ))}
    </>
  );
}

export function SettledCases() {
  const userId = useSession()?.user.id ?? '';
  const settled = useLive((db) => settledCases(db, userId), [userId]);
  const { byId } = useResources();
  if (!settled || settled.length === 0) return null;
  const resourceName = (id: string) => byId.get(id)?.name ?? 'another resource';
  return (
    <section className="mt-8">
      <h2 className="mb-3 text-base font-[600]">Settled</h2>
      <ul aria-label="Settled" className="flex flex-col gap-2">
        {settled.map((row) => (
          <li key={row.id} className="rounded-lg bg-surface ring-1 ring-line">
            <Boundary what="decision" of={row}>
              <div className="flex gap-3 px-4 py-3">
                <span className="mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full bg-ok-soft text-ok">
                  <Check size={12} aria-hidden />
                </span>
                <div className="min-w-0 flex-1">
                  <p>
                    <span className="font-[550]">{row.title}</span>
                    <span className="text-ink-2"> · {outcomeText(row)}</span>
                  </p>
                  <p className="text-xs text-ink-3">
                    {exactTime(row.resolved_at!)}
                    {row.resolved_name ? `, by ${row.resolved_name}` : ''}
                  </p>
                </div>
              </div>
              {row.decisions.length > 0 ? <History row={row} resourceName={resourceName} /> : null}
            </Boundary>
          </li>
        ))}
      </ul>
    </section>
  );
}
