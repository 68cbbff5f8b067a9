// A booking of this person that conflicts, with nobody asked yet: the clash was found on this device and is not on the
// server, or what was in the way has gone.
import { TriangleAlert } from 'lucide-react';
import type { OwnConflictRow } from '../../db/booking/clashes';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { Age, FreeButton, useAdvice, useFree } from './advice';
import { whenText } from './grid-time';
import { useResources } from './use-resources';
import { changeBooking } from './write';

export function LocalConflict({ row }: { row: OwnConflictRow }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { byId } = useResources();
  const span = { start: Date.parse(row.starts), end: Date.parse(row.ends) };
  const advice = useAdvice(row.resource_id, [span], row.id);
  const free = useFree({ resourceId: row.resource_id, span, bookingId: row.id });
  const resource = byId.get(row.resource_id)?.name ?? '';
  const holders = [...new Set(advice.taken?.map((clash) => clash.author || 'somebody'))].join(', ');
  const move = (resourceId: string, to: { start: number; end: number }) =>
    void act(
      `“${row.title}” to ${whenText(to.start, to.end)}`,
      changeBooking(store.db, row.id, { resourceId, span: to, status: 'confirmed' }),
      { say: 'Moved' },
    );
  const readOnly =
    row.workspace_id === workspace.id ? workspace.readOnly : 'It belongs to another workspace.';
  return (
    <li className="rounded-lg bg-surface shadow-card">
      <div className="flex gap-3 p-4">
        <span className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-danger-soft text-danger">
          <TriangleAlert size={14} aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-[550]">
            {row.holders > 0
              ? `${holders || 'Somebody'} holds the time of “${row.title}”`
              : `The time of “${row.title}” is free now`}
          </p>
          <p className="text-ink-2 tabular-nums">
            {whenText(span.start, span.end)} · {resource}
          </p>
          <p className="text-xs text-ink-3">
            Found on this device{row.pending ? '; your booking is not yet sent and is not lost' : ''}. <Age />
          </p>
          <div className="mt-3 flex flex-wrap gap-1.5">
            {row.holders === 0 ? (
              <Button
                size="sm"
                variant="primary"
                reason={readOnly}
                onClick={() => move(row.resource_id, span)}
              >
                Take this time
              </Button>
            ) : null}
            {readOnly === null
              ? free.map((alternative) => (
                  <FreeButton
                    key={`${alternative.resource_id}-${alternative.starts}`}
                    row={alternative}
                    wished={span}
                    verb="Move to"
                    onChoose={() =>
                      move(alternative.resource_id, {
                        start: Date.parse(alternative.starts),
                        end: Date.parse(alternative.ends),
                      })
                    }
                  />
                ))
              : null}
            <Button
              size="sm"
              reason={readOnly}
              onClick={() =>
                void act(
                  `cancelled “${row.title}”`,
                  changeBooking(store.db, row.id, { status: 'cancelled' }),
                  {
                    undoable: false,
                  },
                )
              }
            >
              Cancel mine
            </Button>
          </div>
        </div>
      </div>
    </li>
  );
}
