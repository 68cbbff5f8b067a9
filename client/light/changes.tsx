// What was written in light mode on this device: what waits, what the server did not store, and what it stored otherwise.
import type { Operation } from '../../db/sync/wire';
import { clockTime, LightPage, PlainButton } from '../kit/light';
import { useLightPlace, useLightStatus } from '../sync/light/react';

const kinds = { insert: 'New', update: 'Changed', delete: 'Deleted' } as const;

/** What an operation did, in words. */
function wordsOf({ kind, table, set }: Operation): string {
  const { title, body, name, status } = set;
  const text = [title, body, name, status].find((value) => typeof value === 'string' && value !== '');
  return `${kinds[kind]} ${table.replaceAll('_', ' ')}${text ? `: ${String(text).slice(0, 200)}` : ''}`;
}

const item = 'rounded-md bg-surface px-3 py-2 shadow-card';

export function Changes() {
  const { store } = useLightPlace();
  const { state } = useLightStatus(store);
  const { waiting = [], refused = [], answered = [] } = state ?? {};
  const otherwise = answered.flatMap(({ operations, verdicts, at, n }) =>
    operations.flatMap((operation, i) => {
      const verdict = verdicts[i];
      if (verdict?.status === 'flagged') {
        return [
          {
            key: `${at} ${n} ${i}`,
            operation,
            says: 'Stored, but it clashes with something else: see the Inbox of the full app.',
          },
        ];
      }
      if (verdict?.status !== 'merged' || (verdict.lost.length === 0 && !verdict.gone)) return [];
      const says = verdict.gone
        ? 'It had been deleted meanwhile; your change is kept with it.'
        : 'Somebody changed the same later: their value stands, and yours is in the Inbox of the full app.';
      return [{ key: `${at} ${n} ${i}`, operation, says }];
    }),
  );
  const isEmpty = waiting.length + refused.length + otherwise.length === 0;
  return (
    <LightPage title="Changes">
      {isEmpty ? <p className="text-ink-2">Everything that you wrote here is on the server.</p> : null}
      {refused.length > 0 ? (
        <section aria-label="Not stored by the server">
          <h2 className="mb-1 text-sm font-[600]">Not stored by the server</h2>
          <ul className="flex flex-col gap-1">
            {refused.map(({ id, operation, sentence, at }) => (
              <li key={id} className={item}>
                <p className="wrap-anywhere">{wordsOf(operation)}</p>
                <p className="text-sm text-danger">{sentence}</p>
                <p className="mb-1 text-xs text-ink-2">{clockTime(at)}</p>
                <PlainButton onClick={() => void store.discardRefused(id)}>Discard for good</PlainButton>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {waiting.length > 0 ? (
        <section aria-label="Only on this device">
          <h2 className="mb-1 text-sm font-[600]">Only on this device</h2>
          <ul className="flex flex-col gap-1">
            {waiting.map(({ n, at, operations }) => (
              <li key={n} className={item}>
                {operations.map((operation) => (
                  <p key={operation.clock} className="wrap-anywhere">
                    {wordsOf(operation)}
                  </p>
                ))}
                <p className="text-xs text-ink-2">{clockTime(at)}</p>
              </li>
            ))}
          </ul>
          <PlainButton className="mt-2" onClick={() => store.wake()}>
            Send now
          </PlainButton>
        </section>
      ) : null}
      {otherwise.length > 0 ? (
        <section aria-label="Stored otherwise">
          <h2 className="mb-1 text-sm font-[600]">Stored otherwise</h2>
          <ul className="flex flex-col gap-1">
            {otherwise.map(({ key, operation, says }) => (
              <li key={key} className={item}>
                <p className="wrap-anywhere">{wordsOf(operation)}</p>
                <p className="text-sm text-ink-2">{says}</p>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </LightPage>
  );
}
